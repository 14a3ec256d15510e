//! Whose mail is taken: anybody on the internet can send to an address, and anybody can write any `From`. So a message that SES
//! received counts only if its sender is listed, and if what SES checked proves that it is from them.
//!
//! DMARC proves the `From`. Where there is no verdict on it, SPF and DKIM prove another domain: that of the envelope, and that of
//! whoever signed. Anybody passes both with a domain of their own. They count only if that domain is the sender's own or one above.
//!
//! What the verdicts mean: <https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html>; domains that
//! belong together: <https://www.rfc-editor.org/rfc/rfc7489#section-3.1>.

use serde_json::{Map, Value};

use super::ses::Arrival;

/// Why a message is refused. It is for the log and quotes nothing of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No sender is listed.
    #[error(
        "no sender is listed: say whose mail is taken, sources: {{ mail: {{ senders: [\"@example.com\"] }} }}, in the config"
    )]
    NoSenders,
    /// It does not say for sure who it is from.
    #[error("it does not say for sure who it is from: it names none or several, or its text says otherwise")]
    Ambiguous,
    /// The sender is not listed.
    #[error(
        "its sender is not listed: add the address, or @ and the domain, to sources: {{ mail: {{ senders: ... }} }} in the config"
    )]
    NotListed,
    /// A virus.
    #[error("SES found a virus in it")]
    Virus,
    /// Spam.
    #[error("SES takes it for spam")]
    Spam,
    /// Whoever sent it is not proven to be the sender.
    #[error(
        "nothing proves its sender: DMARC fails, or there is none and neither DKIM nor SPF passes for the sender's domain"
    )]
    Unproven,
}

impl Arrival {
    /// Whether it is taken, with the senders that the config lists.
    ///
    /// # Errors
    /// Why not.
    pub fn admit(&self, senders: &[String]) -> Result<(), Refused> {
        if senders.is_empty() {
            return Err(Refused::NoSenders);
        }
        let from = self.from.as_deref().filter(|_| !self.is_ambiguous).ok_or(Refused::Ambiguous)?;
        if !senders.iter().any(|listed| lists(listed, from)) {
            return Err(Refused::NotListed);
        }
        match &self.verdicts {
            verdicts if verdicts.virus == "FAIL" => Err(Refused::Virus),
            verdicts if verdicts.spam == "FAIL" => Err(Refused::Spam),
            _ if !self.is_proven(&domain(from)) => Err(Refused::Unproven),
            _ => Ok(()),
        }
    }

    fn is_proven(&self, from: &str) -> bool {
        let passes = |verdict: &str| verdict == "PASS";
        match self.verdicts.dmarc.as_str() {
            "PASS" => true,
            "" | "GRAY" | "PROCESSING_FAILED" => {
                let by_spf = passes(&self.verdicts.spf) && speaks_for(&self.envelope_domain, from);
                // SES does not say which signature is good, so all of them must be the sender's.
                let signed = self.signing_domains.as_deref().is_some_and(|domains| {
                    !domains.is_empty() && domains.iter().all(|domain| speaks_for(domain, from))
                });
                by_spf || (passes(&self.verdicts.dkim) && signed)
            }
            _ => false,
        }
    }
}

/// Whether an entry of the config lists an address: `*` all, `@example.com` those of that domain, else just this one.
fn lists(listed: &str, from: &str) -> bool {
    let listed = listed.trim().to_lowercase();
    match listed.strip_prefix('@') {
        Some(of) => domain(from) == of,
        None => listed == "*" || listed == from,
    }
}

/// Whether an entry of the config can be meant: `*`, `@` and a domain, or an address.
pub fn is_listable(listed: &str) -> bool {
    let listed = listed.trim();
    let of = listed.strip_prefix('@').map(|domain| format!("any@{domain}"));
    listed == "*" || address(of.as_deref().unwrap_or(listed)).is_some_and(|address| address.contains('.'))
}

/// Whether who holds the one domain may speak for the other: it is the same, or one above. One below may be somebody else's.
fn speaks_for(domain: &str, from: &str) -> bool {
    let above = || from.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    domain.contains('.') && (domain == from || above())
}

/// What stands behind the `@`, in lower case.
pub(super) fn domain(address: &str) -> String {
    address
        .trim_end_matches('>')
        .rsplit_once('@')
        .map(|(_, domain)| domain.to_lowercase())
        .unwrap_or_default()
}

/// Who SES says that the message is from; nobody, if it names several or could be read in two ways.
pub(super) fn sole(mail: &Map<String, Value>, headers: &[Value]) -> Option<String> {
    if values(headers, "from").count() > 1 {
        return None;
    }
    let from = mail.get("commonHeaders")?.get("from")?.as_array()?;
    let [Value::String(sole)] = from.as_slice() else { return None };
    address(sole)
}

/// The address of `Name <address>` or of a bare address, in lower case. Names are written by the sender, so whatever could be read
/// in two ways is none.
pub(super) fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let bare = match text.split_once('<') {
        Some((_, rest)) => rest.strip_suffix('>')?,
        None => text,
    };
    let (local, domain) = bare.split_once('@')?;
    let of_local = |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+-/=?^_`{|}~".contains(&byte);
    let of_domain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let valid = (1..=64).contains(&local.len())
        && (1..=255).contains(&domain.len())
        && local.bytes().all(of_local)
        && domain.bytes().all(of_domain);
    valid.then(|| bare.to_lowercase())
}

/// Which domains signed it; `None` if SES did not tell all headers.
pub(super) fn signing_domains(mail: &Map<String, Value>, headers: &[Value]) -> Option<Vec<String>> {
    if mail.get("headersTruncated") != Some(&Value::Bool(false)) {
        return None;
    }
    let signer = |signature: &str| {
        let tags = signature.split(';').filter_map(|tag| tag.split_once('='));
        let mut domains = tags.filter(|(name, _)| name.trim().eq_ignore_ascii_case("d"));
        match (domains.next(), domains.next()) {
            (Some((_, domain)), None) => Some(domain.trim().to_lowercase()),
            _ => None,
        }
    };
    values(headers, "dkim-signature").map(signer).collect()
}

fn values<'a>(headers: &'a [Value], name: &str) -> impl Iterator<Item = &'a str> {
    let named = move |header: &&Value| {
        header.get("name").and_then(Value::as_str).is_some_and(|own| own.trim().eq_ignore_ascii_case(name))
    };
    headers.iter().filter(named).filter_map(|header| header.get("value")?.as_str())
}

#[cfg(test)]
mod tests;
