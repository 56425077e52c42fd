//! Devices: prepared and revoked by those who run events, enrolled by a phone that shows a code.

mod input;
mod mutation;
mod object;

pub use mutation::DeviceMutation;
pub(crate) use object::Device;
pub use object::DeviceQuery;
