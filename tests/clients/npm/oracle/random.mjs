// Chance that can be repeated: the same seed gives the same documents.

/** A source of choices. */
export class Chance {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** Returns a number from 0 up to, and without, 1. */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Tells yes with this probability. */
  is(probability) {
    return this.next() < probability;
  }

  /** Returns a whole number below a limit. */
  below(limit) {
    return Math.floor(this.next() * limit);
  }

  /** Returns one of some. */
  one(choices) {
    return choices[this.below(choices.length)];
  }
}
