//! `connect`: how to connect a source, from its mapping and the config, for the person who asks. Only what this deployment knows
//! of itself and of the source may be here; the words are `text::connect`.

use http::HeaderMap;
use shared::config::Access;
use shared::deps::Deps;
use shared::slack::blocks::Message;
use shared::sources::is_name;
use shared::sources::mapping::hooks;
use shared::sources::verify::Scheme;
use shared::text::connect::{Connect, list, steps};

/// The most names that are offered for one that is not known.
const MOST_ALIKE: usize = 3;

/// The steps for one source; without a name, which ones there are.
pub(crate) fn connect(name: Option<&str>, slash: &str, headers: &HeaderMap, deps: &Deps) -> Message {
    let Some(name) = name.filter(|name| is_name(name)) else {
        return super::lines(list(deps.sources.names(), slash));
    };
    let source = deps.sources.get(name);
    let of_mapping = source.map(|source| source.verify());
    let access = lets_in(name, of_mapping, deps);
    let named = access.and_then(|access| access.scheme.as_ref());
    let scheme = named.or(of_mapping).unwrap_or(&Scheme::Bearer);
    let secrets = match access {
        Some(access) => access.secrets.clone(),
        None if scheme.needs_secret() => vec![name.to_owned()],
        None => Vec::new(),
    };
    let guide = source.and_then(|source| source.guide());
    let base = base(headers);
    let address = match &guide {
        Some(guide) => guide.path(name, scheme),
        None => Some(hooks(name, scheme)),
    };
    let address = address.map(|path| format!("{base}{path}"));
    let how: Vec<&str> = guide.iter().flat_map(|guide| guide.parts()).collect();
    let alike = deps.sources.names().filter(|known| source.is_none() && is_alike(name, known));
    let alike: Vec<&str> = alike.take(MOST_ALIKE).collect();
    super::lines(steps(
        &Connect {
            name,
            title: source.map(|source| source.title()),
            how: &how,
            address: address.as_deref(),
            config: guide.as_ref().and_then(|guide| guide.config.as_deref()),
            sns: &format!("{base}/sns"),
            key: guide.as_ref().map(|guide| guide.key.as_str()),
            page: guide.as_ref().map(|guide| guide.page.as_str()),
            verify: &scheme.written(name),
            configured: access.is_some(),
            secrets: &secrets,
            alike: &alike,
        },
        slash,
    ))
}

/// The line of the config that lets it in: its own, or that of `"*"` unless this asks for a proof that the sender of a known source
/// does not bring.
fn lets_in<'a>(name: &str, of_mapping: Option<&Scheme>, deps: &'a Deps) -> Option<&'a Access> {
    let own = deps.config.sources.get(name);
    let brings = |asked: &Scheme| *asked == Scheme::None || of_mapping.is_none_or(|brought| brought == asked);
    let any = deps.config.sources.get("*").filter(|any| any.scheme.as_ref().is_none_or(brings));
    own.or(any)
}

/// Whether this may have been meant: one holds the other, or they are two letters apart.
fn is_alike(typed: &str, known: &str) -> bool {
    let holds = typed.len() > 2 && (known.contains(typed) || typed.contains(known));
    holds || (typed.len() > 3 && strsim::damerau_levenshtein(typed, known) <= 2)
}

/// Where notifications go: where this request came, with another path. A custom domain is told as it is. API Gateway always says by
/// which protocol somebody came; nobody does on the laptop.
fn base(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text("host").unwrap_or("YOUR-API");
    let scheme = text("x-forwarded-proto").unwrap_or("http");
    format!("{scheme}://{host}")
}
