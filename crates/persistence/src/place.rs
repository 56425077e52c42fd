//! Places where someone may something, in rows and as a rule weighs them.

use hemicycle_domain::{
    access::{Place, PlaceKind, Whereabouts},
    country::CountryCode,
    id::Id,
    problem::{Fault, Invalid},
};
use sea_orm::prelude::Uuid;

use crate::{
    fault::{Failure, StoreFault},
    json::{from_word, parsed},
    reference::Reference,
    work::Work,
};

/// The columns of a place: its kind, and the value of the one that the kind asks for.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlaceParts {
    pub(crate) kind: String,
    pub(crate) country: Option<String>,
    pub(crate) partner_id: Option<Uuid>,
    pub(crate) program_id: Option<Uuid>,
    pub(crate) event_id: Option<Uuid>,
}

impl PlaceParts {
    /// Writes a place as its columns.
    pub(crate) fn of(place: Place) -> Self {
        let parts = Self { kind: place.kind().as_str().to_owned(), ..Self::default() };
        match place {
            Place::Platform => parts,
            Place::Country(country) => Self { country: Some(country.into()), ..parts },
            Place::Partner(partner) => Self { partner_id: Some(partner.uuid()), ..parts },
            Place::Program(program) => Self { program_id: Some(program.uuid()), ..parts },
            Place::Event(event) => Self { event_id: Some(event.uuid()), ..parts },
        }
    }

    /// Reads a place from the columns of a row of this table.
    pub(crate) fn place(&self, table: &'static str) -> Result<Place, StoreFault> {
        let missing = |column| StoreFault::corrupt(table, column, "the place has no value");
        Ok(match from_word(table, "place_kind", &self.kind, PlaceKind::from_word)? {
            PlaceKind::Platform => Place::Platform,
            PlaceKind::Country => {
                let code = self.country.as_deref().ok_or_else(|| missing("country"))?;
                Place::Country(parsed(table, "country", CountryCode::parse("country", code))?)
            }
            PlaceKind::Partner => {
                Place::Partner(self.partner_id.ok_or_else(|| missing("partner_id"))?.into())
            }
            PlaceKind::Program => {
                Place::Program(self.program_id.ok_or_else(|| missing("program_id"))?.into())
            }
            PlaceKind::Event => Place::Event(self.event_id.ok_or_else(|| missing("event_id"))?.into()),
            kind @ (PlaceKind::Served | PlaceKind::Own) => {
                return Err(StoreFault::corrupt(table, "place_kind", format!("nothing is given at {kind}")));
            }
        })
    }
}

/// Where something stands that belongs to a place.
pub(crate) fn whereabouts(place: Place, reference: &Reference) -> Whereabouts {
    match place {
        Place::Platform => Whereabouts::default(),
        Place::Country(country) => Whereabouts { countries: vec![country], ..Whereabouts::default() },
        Place::Partner(partner) => reference.whereabouts_of_partner(partner),
        Place::Program(program) => Whereabouts { program: Some(program), ..Whereabouts::default() },
        Place::Event(event) => Whereabouts { event: Some(event), ..Whereabouts::default() },
    }
}

impl Work {
    /// Where a place stands.
    pub(crate) async fn whereabouts_of(&self, place: Place) -> Result<Whereabouts, Failure> {
        match place {
            Place::Event(event) => Ok(self.load_event(event).await?.whereabouts),
            place => Ok(whereabouts(place, &self.reference)),
        }
    }

    /// Where a place stands at which something is to be given; refused under `placeId` where there is no such place.
    pub(crate) async fn whereabouts_to_give(&self, place: Place) -> Result<Whereabouts, Failure> {
        match place {
            Place::Partner(partner) => self.check_partner("placeId", Some(partner))?,
            Place::Program(program) => self.check_program("placeId", Some(program))?,
            Place::Platform | Place::Country(_) | Place::Event(_) => {}
        }
        self.whereabouts_of(place).await.map_err(|failure| match failure {
            Failure::NotFound(_) => Invalid::new("placeId", Fault::NotFound).into(),
            other => other,
        })
    }
}
