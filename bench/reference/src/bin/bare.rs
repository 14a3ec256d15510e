//! The least that a function of Slack's can be: it checks the signature and answers.

use lambda_http::{Error, Request, run, service_fn};
use reference::{answer, secret, signed};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let secret = secret()?;
    run(service_fn(|request: Request| async move { answer(signed(&request, secret)) })).await
}
