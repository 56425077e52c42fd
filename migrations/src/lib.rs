//! The schema of the database: one file per migration, the same for SQLite and PostgreSQL.
//!
//! A migration that has been released is never changed; a new one follows it.

mod kit;
mod m0001_feed;
mod m0002_territory;
mod m0003_partner;
mod m0004_account;
mod m0005_source;
mod m0006_agreement;
mod m0007_program;
mod m0008_event;
mod m0009_participant;
mod m0010_registration;
mod m0011_check_in;
mod m0012_headcount_report;
mod m0013_device;
mod m0014_manifest;
mod m0015_badge;
mod m0016_walk_in;
mod m0017_checkpoint;
mod m0018_scan_facts;
mod m0019_flagged_scan;
mod m0020_signing_key;
mod m0021_account_session;
mod m0022_account_link;
mod m0023_account_person;
mod m0024_registration_by_partner;
mod m0025_audit;
mod m0026_erasure;
mod m0027_second_factor;
mod m0028_identity_provider;
mod m0029_clean_up;
mod m0030_service_account;
mod m0031_glass_break;
mod m0033_offline_walk_in;
mod m0034_attendance_by_checkpoint;
mod m0035_stray_registration;
mod m0037_sparse_indexes;
mod m0038_disability;
mod m0039_test_result;
mod m0040_attempt;
mod m0046_words_of_a_record;
mod m0048_inside_by_sighting;
mod m0049_revocation_feed;
mod m0050_parked_registration;
mod m0053_handed_in;
mod m0054_resolved_by;
mod m0055_attendance_by_session;
mod m0056_attendance_in_place;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

/// All migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_feed::Migration),
            Box::new(m0002_territory::Migration),
            Box::new(m0003_partner::Migration),
            Box::new(m0004_account::Migration),
            Box::new(m0005_source::Migration),
            Box::new(m0006_agreement::Migration),
            Box::new(m0007_program::Migration),
            Box::new(m0008_event::Migration),
            Box::new(m0009_participant::Migration),
            Box::new(m0010_registration::Migration),
            Box::new(m0011_check_in::Migration),
            Box::new(m0012_headcount_report::Migration),
            Box::new(m0013_device::Migration),
            Box::new(m0014_manifest::Migration),
            Box::new(m0015_badge::Migration),
            Box::new(m0016_walk_in::Migration),
            Box::new(m0017_checkpoint::Migration),
            Box::new(m0018_scan_facts::Migration),
            Box::new(m0019_flagged_scan::Migration),
            Box::new(m0020_signing_key::Migration),
            Box::new(m0021_account_session::Migration),
            Box::new(m0022_account_link::Migration),
            Box::new(m0023_account_person::Migration),
            Box::new(m0024_registration_by_partner::Migration),
            Box::new(m0025_audit::Migration),
            Box::new(m0026_erasure::Migration),
            Box::new(m0027_second_factor::Migration),
            Box::new(m0028_identity_provider::Migration),
            Box::new(m0029_clean_up::Migration),
            Box::new(m0030_service_account::Migration),
            Box::new(m0031_glass_break::Migration),
            Box::new(m0033_offline_walk_in::Migration),
            Box::new(m0034_attendance_by_checkpoint::Migration),
            Box::new(m0035_stray_registration::Migration),
            Box::new(m0037_sparse_indexes::Migration),
            Box::new(m0038_disability::Migration),
            Box::new(m0039_test_result::Migration),
            Box::new(m0040_attempt::Migration),
            Box::new(m0046_words_of_a_record::Migration),
            Box::new(m0048_inside_by_sighting::Migration),
            Box::new(m0049_revocation_feed::Migration),
            Box::new(m0050_parked_registration::Migration),
            Box::new(m0053_handed_in::Migration),
            Box::new(m0054_resolved_by::Migration),
            Box::new(m0055_attendance_by_session::Migration),
            Box::new(m0056_attendance_in_place::Migration),
        ]
    }
}
