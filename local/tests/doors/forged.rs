//! A hundred thousand requests that somebody forged, at the three doors that only Slack may use: each is answered 401 and
//! changes nothing. In process, or it would be the network that is tested.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request};
use local::http::{Door, enter};
use secrecy::SecretString;
use shared::slack::sign;

use crate::stage::{SIGNING, Stage};

/// How many.
const REQUESTS: usize = 100_000;

const COMMAND: &str =
    "team_id=T01ACME&channel_id=C02OPS&user_id=U01ANA&command=%2Fops&text=status&trigger_id=1.2.x";
const CLICK: &str =
    "payload=%7B%22type%22%3A%22block_actions%22%2C%22user%22%3A%7B%22id%22%3A%22U01ANA%22%7D%7D";
const EVENT: &str =
    r#"{"type":"url_verification","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}"#;

/// One way of being wrong: from a right request and a number to the headers and the body.
type Forgery = (&'static str, fn(&Right, usize) -> (HeaderMap, Vec<u8>));

/// What Slack would have sent.
struct Right {
    at: i64,
    body: &'static str,
    signature: String,
}

impl Right {
    fn headers(&self, at: impl ToString, signature: impl AsRef<[u8]>) -> (HeaderMap, Vec<u8>) {
        let mut headers = HeaderMap::new();
        headers.insert(sign::TIMESTAMP_HEADER, HeaderValue::from_str(&at.to_string()).unwrap());
        headers.insert(sign::SIGNATURE_HEADER, HeaderValue::from_bytes(signature.as_ref()).unwrap());
        (headers, self.body.as_bytes().to_vec())
    }

    fn signed_at(&self, at: i64) -> (HeaderMap, Vec<u8>) {
        self.headers(at, sign::sign(&SIGNING.into(), at, self.body.as_bytes()))
    }
}

/// A printable byte that differs from this one.
fn flipped(byte: u8, n: usize) -> u8 {
    let printable = |byte: &u8| (0x21..0x7f).contains(byte);
    (0..7).map(|bit| byte ^ (1 << ((n + bit) % 7))).find(printable).unwrap()
}

const FORGERIES: [Forgery; 22] = [
    ("a flipped bit in the signature", |right, n| {
        let mut signature = right.signature.clone().into_bytes();
        let place = n % signature.len();
        signature[place] = flipped(signature[place], n / signature.len());
        right.headers(right.at, signature)
    }),
    ("a flipped bit in the body", |right, n| {
        let (headers, mut body) = right.headers(right.at, &right.signature);
        let place = n % body.len();
        body[place] ^= 1 << (n / body.len() % 8);
        (headers, body)
    }),
    ("a byte more in the body", |right, n| {
        let (headers, mut body) = right.headers(right.at, &right.signature);
        body.insert(n % body.len(), u8::try_from(n % 256).unwrap());
        // A byte that is doubled beside itself is still one more.
        (headers, body)
    }),
    ("another secret", |right, n| {
        let secret = SecretString::from(format!("{SIGNING}{n}"));
        right.headers(right.at, sign::sign(&secret, right.at, right.body.as_bytes()))
    }),
    ("an empty secret", |right, _| {
        right.headers(right.at, sign::sign(&"".into(), right.at, right.body.as_bytes()))
    }),
    ("signed too long ago", |right, n| right.signed_at(right.at - 301 - i64::try_from(n).unwrap())),
    ("signed in the future", |right, n| right.signed_at(right.at + 301 + i64::try_from(n).unwrap())),
    ("the time of another signature", |right, n| {
        let apart = i64::try_from(n % 299).unwrap() + 1;
        right.headers(right.at - apart, &right.signature)
    }),
    ("no time", |right, _| {
        let (mut headers, body) = right.headers(right.at, &right.signature);
        headers.remove(sign::TIMESTAMP_HEADER);
        (headers, body)
    }),
    ("no signature", |right, _| {
        let (mut headers, body) = right.headers(right.at, &right.signature);
        headers.remove(sign::SIGNATURE_HEADER);
        (headers, body)
    }),
    ("neither", |right, _| (HeaderMap::new(), right.body.as_bytes().to_vec())),
    ("the right signature as a second one", |right, n| {
        let (mut headers, body) = right.headers(right.at, format!("v0={n:064x}"));
        headers.append(sign::SIGNATURE_HEADER, right.signature.parse().unwrap());
        (headers, body)
    }),
    ("the right time as a second one", |right, n| {
        let (mut headers, body) = right.headers(n, &right.signature);
        headers.append(sign::TIMESTAMP_HEADER, right.at.into());
        (headers, body)
    }),
    ("two in one header", |right, n| right.headers(right.at, format!("{},v0={n:064x}", right.signature))),
    ("not ASCII", |right, n| {
        let mut signature = right.signature.clone().into_bytes();
        let place = n % signature.len();
        signature[place] = 0x80 | u8::try_from(n % 128).unwrap();
        right.headers(right.at, signature)
    }),
    ("far too long", |right, n| {
        right.headers(right.at, right.signature.clone() + &"0".repeat(1 + n % 5_000))
    }),
    ("cut", |right, n| right.headers(right.at, &right.signature[..n % right.signature.len()])),
    ("another version", |right, n| {
        let prefix = ["v1=", "V0=", "v00=", "", "=", "v0:", "v0==", "sha256=", "v0 =", "v-0="][n % 10];
        right.headers(right.at, right.signature.replace("v0=", prefix))
    }),
    ("upper case", |right, _| right.headers(right.at, right.signature.to_uppercase().replace("V0", "v0"))),
    ("the signature of another body", |right, n| {
        right
            .headers(right.at, sign::sign(&SIGNING.into(), right.at, format!("{}{n}", right.body).as_bytes()))
    }),
    ("a time in another form", |right, n| {
        let at = right.at;
        let forms = [
            format!("+{at}"),
            format!("0{at}"),
            format!("{at}.0"),
            format!("{at}e0"),
            format!("0x{at:x}"),
            format!("{at} {n}"),
            format!("-{at}"),
            "9".repeat(1 + n % 400),
            String::new(),
            format!("{at}000"),
        ];
        right.headers(&forms[n % forms.len()], &right.signature)
    }),
    ("by chance", |right, n| {
        // FNV-1a, so that every run tries the same.
        let digit = |seed: usize| {
            let hash = format!("{n}/{seed}").bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
            format!("{:016x}", hash)
        };
        right.headers(right.at, format!("v0={}", (0..4).map(digit).collect::<String>()))
    }),
];

fn request(headers: HeaderMap, body: Vec<u8>) -> Request<Bytes> {
    let mut request = Request::new(Bytes::from(body));
    *request.headers_mut() = headers;
    request
}

#[tokio::test]
async fn a_hundred_thousand_forged_requests_are_all_answered_401() {
    let stage = Stage::new().await;
    let deps = &stage.world.deps;
    let at = stage.now().as_second();
    let doors = [(Door::Commands, COMMAND), (Door::Interactions, CLICK), (Door::Events, EVENT)];
    let right = doors.map(|(_, body)| Right {
        at,
        body,
        signature: sign::sign(&SIGNING.into(), at, body.as_bytes()),
    });
    let mut answers: BTreeMap<(&str, u16), usize> = BTreeMap::new();
    for n in 0..REQUESTS {
        let (place, kind) = (n % doors.len(), n / doors.len() % FORGERIES.len());
        let (name, forge) = FORGERIES[kind];
        let (headers, body) = forge(&right[place], n / doors.len() / FORGERIES.len());
        let answer = enter(doors[place].0, request(headers, body), deps).await;
        let said = std::str::from_utf8(answer.body()).unwrap();
        assert!(!said.contains(&right[place].signature[3..]) && !said.contains(SIGNING), "{name}: {said}");
        *answers.entry((name, answer.status().as_u16())).or_default() += 1;
    }
    assert!(answers.keys().all(|(_, status)| *status == 401), "{answers:?}");
    assert_eq!((answers.len(), answers.values().sum::<usize>()), (FORGERIES.len(), REQUESTS));
    assert_eq!(stage.world.queue.depth(), (0, 0));
    assert!(stage.world.slack.as_ref().unwrap().calls().is_empty(), "Slack was asked nothing");

    for ((door, _), right) in doors.into_iter().zip(&right) {
        let (headers, body) = right.headers(right.at, &right.signature);
        let answer = enter(door, request(headers, body), deps).await;
        assert_ne!(answer.status(), 401, "what is not forged gets in");
    }
}
