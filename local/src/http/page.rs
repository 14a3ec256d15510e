//! The page: the files of `page/`, embedded, with the types that a browser insists on.

use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode, Uri, header};
use include_dir::{Dir, include_dir};

static PAGE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/page");

/// `GET /` and everything under it that is no API. What is not there is not there for any method.
pub(super) async fn file(method: Method, uri: Uri) -> Response {
    let path = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        path => path,
    };
    match PAGE.get_file(path) {
        Some(_) if method != Method::GET && method != Method::HEAD => {
            (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response()
        }
        Some(file) => {
            ([(header::CONTENT_TYPE, kind(path)), (header::CACHE_CONTROL, "no-cache")], file.contents())
                .into_response()
        }
        None => {
            let body = serde_json::json!({ "ok": false, "error": "there is nothing at this address" });
            (StatusCode::NOT_FOUND, axum::Json(body)).into_response()
        }
    }
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}
