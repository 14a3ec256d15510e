//! An incident's short name: derived from what made it, so that a repeated delivery meets the incident it made, and easy to
//! type.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A short name that people can type: five or more characters of Crockford's base 32 in lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentId(pub String);

/// The alphabet of incident names: Crockford's base 32, without the letters that look like digits (i, l, o) and without u.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The shortest name that is given.
pub const SHORTEST_ID: usize = 5;

/// The longest one.
pub const LONGEST_ID: usize = 12;

impl IncidentId {
    /// The name that the signal with this id gives to an incident of this route, `length` (5 to 12) characters long. The same input
    /// gives the same name, so a repeated delivery meets the incident it made; when a name is taken by another
    /// incident, the next longer one is tried.
    pub fn derive(route: &str, signal: &str, length: usize) -> Self {
        use std::hash::Hasher;
        let mut hasher = fnv::FnvHasher::default();
        hasher.write(route.as_bytes());
        hasher.write_u8(0);
        hasher.write(signal.as_bytes());
        // FNV's high bits mix poorly for short input: fold the halves before taking five bits at a time.
        let mut rest = hasher.finish().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        rest ^= rest >> 29;
        let name = (0..length.clamp(SHORTEST_ID, LONGEST_ID)).filter_map(|_| {
            let letter = ALPHABET.get((rest & 31) as usize);
            rest >>= 5;
            letter.map(|letter| char::from(*letter))
        });
        IncidentId(name.collect())
    }

    /// Reads what a person typed or copied: any case, with or without `#` or backticks, and with the letters that look
    /// like digits taken for them. `None` if it cannot be a name.
    pub fn typed(text: &str) -> Option<Self> {
        let name: String = text
            .trim()
            .trim_matches('`')
            .trim_start_matches('#')
            .chars()
            .map(|letter| match letter.to_ascii_lowercase() {
                'o' => '0',
                'i' | 'l' => '1',
                other => other,
            })
            .collect();
        let fits = (SHORTEST_ID..=LONGEST_ID).contains(&name.len())
            && name.bytes().all(|letter| ALPHABET.contains(&letter));
        fits.then_some(IncidentId(name))
    }
}

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
