//! `connect`: how to connect a source, from its mapping and the config, for the person who asks.

use http::HeaderMap;
use shared::deps::Deps;
use shared::slack::blocks::Message;
use shared::sources::is_name;
use shared::sources::verify::Scheme;
use shared::text::connect::{Connect, list, steps};

/// The steps for one source; without a name, which ones there are.
pub(crate) fn connect(name: Option<&str>, slash: &str, headers: &HeaderMap, deps: &Deps) -> Message {
    let Some(name) = name.filter(|name| is_name(name)) else {
        return super::lines(list(deps.sources.names(), slash));
    };
    let source = deps.sources.get(name);
    let access = deps.config.source(name);
    let named = access.and_then(|access| access.scheme.as_ref());
    let scheme = named.or(source.map(|source| source.verify())).unwrap_or(&Scheme::Bearer);
    let secrets = match access {
        Some(access) => access.secrets.clone(),
        None if scheme.needs_secret() => vec![name.to_owned()],
        None => Vec::new(),
    };
    let guide = source.and_then(|source| source.guide());
    let guide = guide.as_ref();
    super::lines(steps(
        &Connect {
            name,
            title: source.map(|source| source.title()),
            how: guide.map(|guide| guide.connect.as_str()),
            key: guide.map(|guide| guide.key.as_str()),
            page: guide.map(|guide| guide.page.as_str()),
            hooks: &hooks(headers),
            verify: &scheme.written(name),
            configured: access.is_some(),
            secrets: &secrets,
        },
        slash,
    ))
}

/// Where notifications go: where this request came, with another path. A custom domain is told as it is.
fn hooks(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text("host").unwrap_or("YOUR-API");
    let scheme = text("x-forwarded-proto").unwrap_or("https");
    format!("{scheme}://{host}/hooks")
}
