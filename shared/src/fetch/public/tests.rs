use std::sync::Mutex;

use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap as Headers;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use tokio::net::TcpListener;

use super::*;

fn make() -> ClientBuilder {
    // The first one stays; an error only says that there was one.
    let _first = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
}

/// A server on this machine, and its port.
async fn served(router: Router) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    port
}

fn url(port: u16, path: &str) -> Url {
    format!("http://127.0.0.1:{port}{path}").parse().unwrap()
}

fn laptop() -> Public {
    Public::new(make, Reach::Loopback)
}

async fn ask(public: &Public, url: &Url) -> Result<(u16, String), String> {
    let answer = public.get(url, &HeaderMap::new()).await.map_err(|error| error.0)?;
    Ok((answer.status().as_u16(), String::from_utf8_lossy(answer.body()).into_owned()))
}

fn table_of_answers() -> Router {
    let hop = |Path(left): Path<usize>| async move {
        match left {
            0 => "arrived".into_response(),
            left => Redirect::temporary(&format!("/hop/{}", left - 1)).into_response(),
        }
    };
    let encoded = |name: &'static str| move || async move { ([("content-encoding", name)], "body") };
    Router::new()
        .route("/plain", get(|| async { "hello" }))
        .route("/hop/{left}", get(hop))
        .route("/loop", get(|| async { Redirect::permanent("/loop") }))
        .route("/metadata", get(|| async { Redirect::temporary("http://169.254.169.254/latest/") }))
        .route("/mapped", get(|| async { Redirect::temporary("http://[::ffff:169.254.169.254]/") }))
        .route("/file", get(|| async { Redirect::temporary("file:///etc/passwd") }))
        .route("/userinfo", get(|| async { Redirect::temporary("http://a:b@127.0.0.1/") }))
        .route("/nowhere", get(|| async { StatusCode::FOUND }))
        .route("/gzip", get(encoded("gzip")))
        .route("/identity", get(encoded("Identity")))
        .route("/long", get(|| async { "x".repeat(1_000) }))
        .route("/longer", get(|| async { "x".repeat(1_001) }))
        .route("/gone", get(|| async { (StatusCode::GONE, "no more") }))
}

#[tokio::test]
async fn an_answer_comes_within_bounds_or_says_why_not() {
    let port = served(table_of_answers()).await;
    let public = laptop().within(Bounds { bytes: 1_000, ..Bounds::default() });
    let private = Err("its host is no public address");
    let table = [
        ("/plain", Ok((200, "hello"))),
        ("/gone", Ok((410, "no more"))),
        ("/hop/5", Ok((200, "arrived"))),
        ("/hop/6", Err("it leads on after 5 redirects")),
        ("/loop", Err("it leads on after 5 redirects")),
        ("/metadata", private),
        ("/mapped", private),
        ("/file", Err("only http and https addresses are read")),
        ("/userinfo", Err("an address with a name or password in it is not read")),
        ("/nowhere", Err("it leads on to no address")),
        ("/gzip", Err("the answer is compressed, which nobody asked for")),
        ("/identity", Ok((200, "body"))),
        ("/longer", Err("the answer is longer than 1000 bytes")),
    ];
    for (path, expected) in table {
        let expected = expected.map(|(status, body)| (status, body.to_owned())).map_err(str::to_owned);
        assert_eq!(ask(&public, &url(port, path)).await, expected, "{path}");
    }
    assert_eq!(ask(&public, &url(port, "/long")).await.unwrap().1.len(), 1_000);
}

#[tokio::test]
async fn a_body_that_does_not_say_how_long_it_is_is_bounded_too() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut stream, _) = listener.accept().await.unwrap();
        let _asked = stream.read(&mut [0; 4096]).await;
        let _head = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await;
        while stream.write_all(&[b'x'; 1_000]).await.is_ok() {}
    });
    let public = laptop().within(Bounds { bytes: 10_000, ..Bounds::default() });
    assert_eq!(ask(&public, &url(port, "/")).await, Err("the answer is longer than 10000 bytes".to_owned()));
}

#[tokio::test]
async fn who_never_answers_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let public = laptop().within(Bounds { time: Duration::from_millis(30), ..Bounds::default() });
    let said = ask(&public, &url(port, "/")).await.unwrap_err();
    assert_eq!(said, "there was no whole answer within 0.03 s");
    drop(listener);
}

#[tokio::test]
async fn a_deployment_asks_nothing_on_its_own_machine() {
    let port = served(table_of_answers()).await;
    let public = Public::new(make, Reach::Public);
    for host in ["127.0.0.1", "[::1]", "localhost", "[::ffff:127.0.0.1]"] {
        let url = format!("http://{host}:{port}/plain").parse().unwrap();
        let said = ask(&public, &url).await.unwrap_err();
        assert!(said.ends_with(NOT_OURS_TO_ASK), "{host}: {said}");
    }
}

/// The first answer for a name is harmless and the second is not, as of one who wants to lead us inside.
#[tokio::test]
async fn what_was_judged_is_what_is_connected_to() {
    let port = served(table_of_answers()).await;
    let asked = Arc::new(Mutex::new(0));
    let count = asked.clone();
    let lookup = move |name: &str| {
        *count.lock().unwrap() += 1;
        let addresses: &[&str] = match name {
            "mixed.example" => &["10.0.0.1:0", "169.254.169.254:0", "[fd00:ec2::254]:0", "127.0.0.1:0"],
            _ => &["10.0.0.1:0", "169.254.169.254:0", "[::ffff:a9fe:a9fe]:0"],
        };
        Ok(addresses.iter().map(|address| address.parse().unwrap()).collect())
    };
    let public = Public { lookup: Arc::new(lookup), ..laptop() };
    let named = |name: &str| format!("http://{name}:{port}/plain").parse::<Url>().unwrap();
    assert_eq!(ask(&public, &named("mixed.example")).await, Ok((200, "hello".to_owned())));
    assert_eq!(*asked.lock().unwrap(), 1, "it is resolved once, by us");
    let said = ask(&public, &named("inside.example")).await.unwrap_err();
    assert!(said.ends_with(NOT_OURS_TO_ASK), "{said}");
}

#[tokio::test]
async fn what_is_sent_is_what_was_given_and_nothing_secret() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sees = seen.clone();
    let tells = move |headers: Headers| {
        sees.lock().unwrap().push(headers);
        async { StatusCode::NOT_MODIFIED }
    };
    let port = served(Router::new().route("/feed", get(tells))).await;
    let given = HeaderMap::from_iter([(http::header::IF_NONE_MATCH, "\"1\"".parse().unwrap())]);
    let answer = laptop().get(&url(port, "/feed"), &given).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
    let headers = seen.lock().unwrap().remove(0);
    let mut names: Vec<&str> = headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "host", "if-none-match", "user-agent"]);
}
