//! Mail that SES received: whose is taken, before anything is made of it, and the message itself where it lies in S3. Whoever may
//! send is decided by `shared::sources::mail`; here it is asked, counted and told, and the bucket is asked for the text.
//!
//! What is refused is done with: it would be refused again. What S3 cannot give just now goes back to the queue.

use shared::core::raw::Raw;
use shared::deps::Deps;
use shared::mailbox::MailboxError;
use shared::metrics::{self, Taken};
use shared::sources::Opened;
use shared::sources::mail::{self, Arrival, LONGEST, Place, Refused};

/// Why a notification is left out of the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeftOut {
    /// It is refused.
    ForGood,
    /// It goes back to the queue.
    ForNow,
}

/// The bucket, as one batch meets it.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    /// Who does not answer once is not asked for the rest: ten mails that wait would cost the others their minute.
    is_silent: bool,
}

impl Mailbox {
    /// Whether a notification is taken. The message, if it lay in S3: it takes the place of SES's notice about it.
    ///
    /// # Errors
    /// The notification is left out.
    pub(crate) async fn admit(
        &mut self,
        raw: &Raw,
        opened: &Opened,
        deps: &Deps,
    ) -> Result<Option<Arrival>, LeftOut> {
        let senders =
            deps.config.source(mail::NAME).map(|access| access.senders.as_slice()).unwrap_or_default();
        let refuse = |refused| refuse(raw, refused, deps);
        mail::arrivals(opened).try_for_each(|arrival| arrival.admit(senders)).map_err(refuse)?;
        let mut arrivals = mail::arrivals(opened);
        let (Some(arrival), None) = (arrivals.next(), arrivals.next()) else { return Ok(None) };
        let Some(place) = &arrival.place else { return Ok(None) };
        let mut arrival = arrival.clone();
        self.fetch(raw, place, &mut arrival, deps).await?;
        // It may say something else than the notice about it.
        arrival.admit(senders).map_err(refuse)?;
        Ok(Some(arrival))
    }

    /// Puts the message that lies there in, or why it is not there.
    async fn fetch(
        &mut self,
        raw: &Raw,
        place: &Place,
        arrival: &mut Arrival,
        deps: &Deps,
    ) -> Result<(), LeftOut> {
        if self.is_silent {
            return Err(put_back(raw, "S3 did not answer for the one before", deps));
        }
        match deps.mailbox.message(&place.bucket, &place.key, LONGEST).await {
            Ok(bytes) => arrival.take(&bytes),
            Err(MailboxError::Missing(why)) => {
                tracing::warn!(delivery = %raw.id, why, "a message is posted without its text");
                arrival.lack(&why);
            }
            Err(error @ MailboxError::Unavailable(_)) => {
                self.is_silent = true;
                return Err(put_back(raw, &error.to_string(), deps));
            }
        }
        Ok(())
    }
}

fn refuse(raw: &Raw, refused: Refused, deps: &Deps) -> LeftOut {
    tracing::warn!(delivery = %raw.id, why = %refused, "mail is refused");
    metrics::signals(&deps.sources, mail::NAME, Taken::Refused, 1);
    LeftOut::ForGood
}

fn put_back(raw: &Raw, why: &str, deps: &Deps) -> LeftOut {
    tracing::warn!(delivery = %raw.id, why, "a message goes back to the queue");
    metrics::signals(&deps.sources, mail::NAME, Taken::PutBack, 1);
    LeftOut::ForNow
}
