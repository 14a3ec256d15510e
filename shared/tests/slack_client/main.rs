//! The real client and the real parsers against a Slack workspace in this process, real HTTP in between. `shown`: what people
//! see of what we post. `faults`: what every failure means, and that a message whose answer was lost is found and never posted
//! twice. `people`: what people do, as it reaches us. The stage on which all of it plays is `world`.

mod faults;
mod files;
mod people;
mod shown;
mod world;
