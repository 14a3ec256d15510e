//! What the SDK's own examples make of it: a client with every default, built before the first request, and two calls in each.

use std::env;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_http::{Error, Request, run, service_fn};
use reference::{answer, secret, signed};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let secret = secret()?;
    let client = &*Box::leak(Box::new(Client::new(&aws_config::load_from_env().await)));
    let table = &*env::var("TABLE")?.leak();
    run(service_fn(|request: Request| async move {
        if !signed(&request, secret) {
            return answer(false);
        }
        let text = |value: &str| AttributeValue::S(value.to_owned());
        client.get_item().table_name(table).key("pk", text("REFERENCE")).key("sk", text("-")).send().await?;
        let put = client.put_item().table_name(table).item("pk", text("REFERENCE")).item("sk", text("-"));
        put.item("said", text("yes")).send().await?;
        answer(true)
    }))
    .await
}
