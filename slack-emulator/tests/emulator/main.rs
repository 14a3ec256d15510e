//! The emulator from outside: by real HTTP where HTTP matters, by its library interface where it does not. One program, so
//! that it is linked once.

#[cfg(test)]
mod blocks;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod events;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod interactions;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod page;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod support;
