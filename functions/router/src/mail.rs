//! Mail that SES received: whose is taken, before anything is made of it, and the message itself where it lies in S3. Whoever may
//! send is decided by `shared::sources::mail`; here it is asked, counted and told, and the bucket is asked for the text.
//!
//! What is refused is done with: it would be refused again. What S3 cannot give just now goes back to the queue.

use shared::core::raw::Raw;
use shared::deps::Deps;
use shared::mailbox::MailboxError;
use shared::metrics::{self, Taken};
use shared::sources::mail::{self, Arrival, LONGEST, Refused};

/// What becomes of a notification of the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taking {
    /// It is taken.
    Now,
    /// It is refused.
    Never,
    /// It goes back to the queue.
    Later,
}

/// Looks at each notification of the batch; a message that lay in S3 takes the place of SES's notice about it.
pub(crate) async fn take(batch: &mut [Raw], deps: &Deps) -> Vec<Taking> {
    let mut takings = Vec::with_capacity(batch.len());
    // Who does not answer once is not asked for the rest: ten mails that wait would cost the others their minute.
    let mut answers = true;
    for raw in batch {
        let arrivals = mail::arrivals(raw);
        let senders =
            deps.config.source(mail::NAME).map(|access| access.senders.as_slice()).unwrap_or_default();
        let taking = match arrivals.iter().try_for_each(|arrival| arrival.admit(senders)) {
            Err(refused) => refuse(raw, refused, deps),
            Ok(()) => match <[Arrival; 1]>::try_from(arrivals) {
                Ok([arrival]) if arrival.place.is_some() => {
                    match fetch(raw, arrival, answers, senders, deps).await {
                        Ok(taking) => taking,
                        Err(why) => {
                            answers = false;
                            put_back(raw, &why, deps)
                        }
                    }
                }
                _ => Taking::Now,
            },
        };
        takings.push(taking);
    }
    takings
}

/// Puts the message that lies in S3 into the notification, or why it is not there.
///
/// # Errors
/// Why it may be there later.
async fn fetch(
    raw: &mut Raw,
    mut arrival: Arrival,
    answers: bool,
    senders: &[String],
    deps: &Deps,
) -> Result<Taking, String> {
    let Some(place) = arrival.place.clone() else { return Ok(Taking::Now) };
    if !answers {
        return Err("S3 did not answer for the one before".to_owned());
    }
    match deps.mailbox.message(&place.bucket, &place.key, LONGEST).await {
        Ok(bytes) => arrival.take(&bytes),
        Err(MailboxError::Missing(why)) => {
            tracing::warn!(delivery = %raw.id, why, "a message is posted without its text");
            arrival.lack(&why);
        }
        Err(error @ MailboxError::Unavailable(_)) => return Err(error.to_string()),
    }
    // It may say something else than the notice about it.
    if let Err(refused) = arrival.admit(senders) {
        return Ok(refuse(raw, refused, deps));
    }
    raw.body = arrival.body().to_string();
    raw.id = deps.sources.delivery_id(raw).unwrap_or_else(|| raw.id.clone());
    Ok(Taking::Now)
}

fn refuse(raw: &Raw, refused: Refused, deps: &Deps) -> Taking {
    tracing::warn!(delivery = %raw.id, why = %refused, "mail is refused");
    metrics::signals(&deps.sources, mail::NAME, Taken::Refused, 1);
    Taking::Never
}

fn put_back(raw: &Raw, why: &str, deps: &Deps) -> Taking {
    tracing::warn!(delivery = %raw.id, why, "a message goes back to the queue");
    metrics::signals(&deps.sources, mail::NAME, Taken::PutBack, 1);
    Taking::Later
}
