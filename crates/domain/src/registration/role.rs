//! What a person is at an event.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// What a person is at an event.
    pub enum RegistrationRole {
        /// Is trained or instructed.
        Participant = "participant",
        /// Trains or facilitates; never counted as a participant of the event served.
        Facilitator = "facilitator",
        /// Speaks.
        Speaker = "speaker",
        /// Leads a discussion.
        Moderator = "moderator",
        /// Watches.
        Observer = "observer",
        /// Organises.
        Organiser = "organiser",
        /// Belongs to a delegation.
        Delegate = "delegate",
        /// Leads a delegation.
        HeadOfDelegation = "head_of_delegation",
        /// Represents an institution.
        Representative = "representative",
        /// Is quoted about the event; that the person was there is not said.
        QuotedOfficial = "quoted_official",
    }
}

impl RegistrationRole {
    /// Whether the person takes one of the seats that the event's capacity counts.
    ///
    /// Those who serve the event have their place on the podium or at the door, and a quoted official none.
    #[must_use]
    pub const fn takes_a_seat(self) -> bool {
        match self {
            Self::Participant
            | Self::Observer
            | Self::Delegate
            | Self::HeadOfDelegation
            | Self::Representative => true,
            Self::Facilitator | Self::Speaker | Self::Moderator | Self::Organiser | Self::QuotedOfficial => {
                false
            }
        }
    }

    /// Whether the person works with the people of the event, and is a trainer of it to the access table.
    #[must_use]
    pub const fn trains(self) -> bool {
        match self {
            Self::Facilitator | Self::Speaker => true,
            Self::Participant
            | Self::Moderator
            | Self::Observer
            | Self::Organiser
            | Self::Delegate
            | Self::HeadOfDelegation
            | Self::Representative
            | Self::QuotedOfficial => false,
        }
    }

    /// The roles that take a seat.
    pub fn seated() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|role| role.takes_a_seat())
    }
}

vocabulary! {
    /// Where a registration is in its life.
    pub enum RegistrationStatus {
        /// The person has a place at the event.
        Registered = "registered",
        /// The place was given up.
        Cancelled = "cancelled",
        /// The person came after the figures of the event were final: the place counts once someone accepts it.
        Parked = "parked",
    }
}

impl RegistrationStatus {
    /// Whether the registration counts among those of its event.
    #[must_use]
    pub const fn stands(self) -> bool {
        match self {
            Self::Registered => true,
            Self::Cancelled | Self::Parked => false,
        }
    }
}
