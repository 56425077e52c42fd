//! Chance that is the same for the same seed: `SplitMix64`, as small as that can be written.

/// A sequence of numbers that look as though by chance.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub(super) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one, which is not zero.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }

    /// Yes, so many times in a hundred.
    pub(super) fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_numbers() {
        let (mut one, mut other) = (Chance::new(7), Chance::new(7));
        let numbers: Vec<u64> = (0..5).map(|_| one.number()).collect();
        assert_eq!(numbers, (0..5).map(|_| other.number()).collect::<Vec<_>>());
        assert!(numbers.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
