//! The words of check-in: which way, how recognised, what is amiss, and what becomes of a scan.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// Which way someone went.
    pub enum Direction {
        /// Came in.
        In = "in",
        /// Went out.
        Out = "out",
    }
}

vocabulary! {
    /// How someone was recognised.
    pub enum Method {
        /// Found in the roster by name.
        Manual = "manual",
        /// By the code of a badge.
        Qr = "qr",
        /// Entered from a signed list, during the event or after it.
        List = "list",
    }
}

vocabulary! {
    /// What is amiss with a scan that was kept all the same, so that a person looks at it.
    pub enum ScanFlag {
        /// Another device had let the person in, and nobody had seen them go out.
        DuplicateOtherDevice = "DUPLICATE_OTHER_DEVICE",
        /// The badge was revoked, and the device knew it.
        RevokedKnown = "REVOKED_KNOWN",
        /// The badge was revoked, and the device could not know it yet.
        RevokedUnknown = "REVOKED_UNKNOWN",
        /// The registration was cancelled.
        Cancelled = "CANCELLED",
        /// The person is registered at another event.
        WrongEvent = "WRONG_EVENT",
        /// The event or the checkpoint was not open at that time.
        OutsideWindow = "OUTSIDE_WINDOW",
        /// More people were in than the checkpoint holds.
        CapacityExceeded = "CAPACITY_EXCEEDED",
        /// The clock of the device was wrong by more than a day, ran backwards, or cannot be believed.
        ClockSuspect = "CLOCK_SUSPECT",
        /// The person was registered at the door.
        WalkIn = "WALK_IN",
        /// The figures of the event were final when it arrived.
        LateAfterLock = "LATE_AFTER_LOCK",
        /// Nobody is known by this code.
        UnknownCredential = "UNKNOWN_CREDENTIAL",
        /// Another scan came under the same identifier before.
        IdReused = "ID_REUSED",
        /// Another scan came under the same sequence number of the device before.
        SequenceReused = "SEQUENCE_REUSED",
    }
}

impl ScanFlag {
    /// Whether a scan with this flag counts for nothing until a person has looked at it.
    ///
    /// The others count at once: whom the door let in was there, even if something else is amiss.
    #[must_use]
    pub const fn parks(self) -> bool {
        match self {
            Self::RevokedKnown
            | Self::RevokedUnknown
            | Self::Cancelled
            | Self::WrongEvent
            | Self::LateAfterLock
            | Self::UnknownCredential => true,
            Self::DuplicateOtherDevice
            | Self::WalkIn
            | Self::OutsideWindow
            | Self::CapacityExceeded
            | Self::ClockSuspect
            | Self::IdReused
            | Self::SequenceReused => false,
        }
    }
}

vocabulary! {
    /// What became of a scan that was handed in.
    pub enum ScanOutcome {
        /// It was taken.
        Accepted = "ACCEPTED",
        /// It had been taken before, and nothing was done again.
        Replay = "REPLAY",
        /// It was taken, and a person will look at it.
        AcceptedFlagged = "ACCEPTED_FLAGGED",
        /// It can never be taken as it is; what could be read of it was kept.
        RejectedFinal = "REJECTED_FINAL",
        /// It could not be taken now, and nothing of it was kept.
        RetryLater = "RETRY_LATER",
    }
}

vocabulary! {
    /// Why a scan that was handed in was rejected for good, or is to come again.
    pub enum ScanReason {
        /// A part of it cannot be read.
        Malformed = "MALFORMED",
        /// A part of it is larger than any device can have meant.
        TooLarge = "TOO_LARGE",
        /// The event does not exist, or whoever sent it does not serve it.
        UnknownEvent = "UNKNOWN_EVENT",
        /// The checkpoint does not exist, or belongs to another event.
        UnknownCheckpoint = "UNKNOWN_CHECKPOINT",
        /// Whoever sent it may not check people in at the event.
        NotPermitted = "NOT_PERMITTED",
        /// Another walk-in came under its identifier before.
        IdReused = "ID_REUSED",
        /// The same scan was being taken by another request at that moment.
        Busy = "BUSY",
    }
}
