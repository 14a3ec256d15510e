//! `up`: all of it, until Ctrl-C.

use std::sync::Arc;

use crate::Trouble;
use crate::http::{listen, serve};
use crate::world::{Options, World};

/// Starts everything and says where to look.
///
/// # Errors
/// The port is taken, the config has faults, the data directory cannot be used.
pub async fn up(port: u16, options: &Options, say: impl Fn(&str)) -> Result<(), Trouble> {
    let listener = listen(port).await?;
    let address = listener.local_addr().map_err(|error| Trouble::because("no address", error))?;
    let world = Arc::new(World::new(options, format!("http://{address}"))?);
    say(&greeting(&world, options));
    let background = world.clone();
    tokio::select! {
        served = serve(world.clone(), listener) => served.map_err(|error| Trouble::because("the server failed", error))?,
        () = background.run() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
    world.save();
    say("\nStopped.");
    Ok(())
}

fn greeting(world: &World, options: &Options) -> String {
    let url = &world.url;
    let state = match &options.data_dir {
        Some(folder) => format!("State is kept in {}.", folder.display()),
        None => "State is in memory; `--data-dir DIR` keeps it.".to_owned(),
    };
    let slack = match &options.slack_api_url {
        Some(other) => format!("Slack is {other}."),
        None => "Slack is a workspace on the page; no token is needed.".to_owned(),
    };
    format!(
        "Callboard runs. Look at {url}/\n\
         {slack} {state} Ctrl-C stops it.\n\
         \n\
         Paste a line into another terminal, in this folder:\n\
         \n\
         \x20 curl {url}/hooks/cloudwatch -d @events/cloudwatch/alarm.json\n\
         \x20 curl {url}/hooks/cloudwatch -d @events/cloudwatch/ok.json\n\
         \x20 curl {url}/hooks/my-script -d '{{\"title\": \"Backup failed on db-1\", \"severity\": \"critical\"}}'\n"
    )
}
