//! `tick`: one tick of the notifier, in the instance that runs.

use crate::Trouble;

/// Asks the running instance at `url` for a tick and says what it did.
///
/// # Errors
/// None runs there.
pub async fn tick(url: &str) -> Result<String, Trouble> {
    let address = format!("{url}/2015-03-31/functions/notifier/invocations");
    let answer = post(&address, "{}".to_owned(), &[]).await?;
    Ok(format!("ticked: {}", answer.1))
}

/// Reads something of the running instance: the status and the body of its answer.
pub(crate) async fn get(address: &str) -> Result<(u16, String), Trouble> {
    ask(client()?.get(address)).await
}

/// Sends something to the running instance: the status and the body of its answer.
pub(crate) async fn post(
    address: &str,
    body: String,
    headers: &[(String, String)],
) -> Result<(u16, String), Trouble> {
    let request = client()?.post(address).body(body);
    ask(headers.iter().fold(request, |request, (name, value)| request.header(name, value))).await
}

fn client() -> Result<reqwest::Client, Trouble> {
    shared::slack::client::http().build().map_err(|error| Trouble::because("no HTTP client", error))
}

async fn ask(request: reqwest::RequestBuilder) -> Result<(u16, String), Trouble> {
    let answer = request.send().await.map_err(|error| {
        Trouble::because(
            "nothing answers there; start it with `cargo local` (`--url` names another address)",
            error,
        )
    })?;
    let status = answer.status().as_u16();
    let body = answer.text().await.map_err(|error| Trouble::because("the answer was cut off", error))?;
    Ok((status, body))
}
