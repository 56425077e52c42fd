//! The capabilities: each thing that a role may do at its place, with the sentence that the page says of it.

use super::words::described;

described! {
    /// One thing that a role may do at its place.
    pub enum Capability {
        /// Reads partners, programs, agreements, territories, sources and events that are past the draft: anywhere, but
        /// for devices, which read of their own events.
        SeePublished = "see_published",
        /// Reads events that are still drafts.
        SeeDrafts = "see_drafts",
        /// Reads counts of people and counted reach.
        SeeFigures = "see_figures",
        /// Reads the names, positions, roles, registrations and attendance of people.
        SeePeople = "see_people",
        /// Reads the e-mail addresses and telephone numbers of people.
        SeeContacts = "see_contacts",
        /// Reads the sex and the birth years of people.
        SeeDemographics = "see_demographics",
        /// Reads what people said of disabilities, so that an event can be made accessible to them.
        SeeDisabilities = "see_disabilities",
        /// Reads the test results of people.
        SeeResults = "see_results",
        /// Reads officers' notes about people, and the sources that such records rest on.
        SeeNotes = "see_notes",
        /// Adds and changes territories.
        EditTerritories = "edit_territories",
        /// Adds and changes partners.
        EditPartners = "edit_partners",
        /// Merges two partner records into one.
        MergePartners = "merge_partners",
        /// Records agreements and changes them.
        EditAgreements = "edit_agreements",
        /// Sets up programs and changes them.
        EditPrograms = "edit_programs",
        /// Plans events, changes them and moves them through their life cycle.
        EditEvents = "edit_events",
        /// Registers people, forms delegations, cancels registrations.
        EditRegistrations = "edit_registrations",
        /// Checks people in and undoes it.
        CheckIn = "check_in",
        /// Resolves what offline scans left open.
        ReviewScans = "review_scans",
        /// Prepares devices for the doors of events, gives out their codes, revokes them.
        ManageDevices = "manage_devices",
        /// Reports headcounts.
        ReportHeadcounts = "report_headcounts",
        /// Records sources and cites them.
        CiteSources = "cite_sources",
        /// Opens accounts, grants and revokes roles.
        ManageAccounts = "manage_accounts",
        /// Ties an account to the person whose it is, who then reads the own data and the rosters of the events they
        /// facilitate or speak at.
        LinkAccounts = "link_accounts",
        /// Opens service accounts for the systems of an institution, with what they themselves may there, and revokes
        /// them.
        ManageServiceAccounts = "manage_service_accounts",
        /// Reads the audit trail: who did what when, without personal data.
        ReadAudit = "read_audit",
        /// Opens personal data of one program or event to themselves for a time, with a reason, announced to the host.
        BreakTheGlass = "break_the_glass",
        /// Takes out all that is known of a person, at the person's request.
        ExportPersonalData = "export_personal_data",
        /// Erases what identifies a person, at the person's request.
        ErasePersonalData = "erase_personal_data",
    }
}
