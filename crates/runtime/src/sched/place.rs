//! Where a definition process is put: a pure choice. The better of two random schedulers, by what waits there, what lives
//! there and how busy it is. (Mitzenmacher, "The power of two choices in randomized load balancing", 2001.)

/// A small generator of random numbers, seeded by its owner; xorshift64* (Vigna 2016). Never for secrets.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that always fall the same way for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        (high as usize) % bound.max(1)
    }
}

/// Picks one of `first..first + count` by `load`.
pub fn place(dice: &mut Dice, first: usize, count: usize, load: impl Fn(usize) -> f64) -> usize {
    if count < 2 {
        return first;
    }
    let one = dice.below(count);
    let other = (one + 1 + dice.below(count - 1)) % count;
    let (one, other) = (first + one, first + other);
    if load(other) < load(one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_less_loaded_of_two_is_chosen() {
        let mut dice = Dice::new(7);
        let mut loads = [0u32; 8];
        for _ in 0..8_000 {
            let seat = place(&mut dice, 0, 8, |seat| f64::from(loads[seat]));
            loads[seat] += 1;
        }
        let (min, max) = (loads.iter().min().unwrap(), loads.iter().max().unwrap());
        assert!(max - min < 20, "{loads:?}");
    }

    #[test]
    fn two_are_always_different() {
        let mut dice = Dice::new(1);
        assert!((0..100).all(|_| place(&mut dice, 1, 2, |seat| if seat == 2 { 0.0 } else { 1.0 }) == 2));
    }
}
