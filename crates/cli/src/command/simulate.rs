//! `hemicycle simulate-check-in`: tries a server with many devices, and says whether it kept what they did.

use std::time::Duration;

use hemicycle_api::Clock as System;
use hemicycle_check_in_client::{
    Clock,
    simulation::{Credentials, Simulation},
};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{CommandFailure, arguments::SimulatedCheckIn, output};

/// How often the bar is drawn while nothing moves.
const TICK: Duration = Duration::from_millis(200);

pub(crate) async fn simulate_check_in(input: SimulatedCheckIn) -> Result<(), CommandFailure> {
    let manager = match (input.token, input.email) {
        (Some(token), _) => Credentials::Token(token),
        (None, email) => {
            let password = std::env::var("HEMICYCLE_PASSWORD").map_err(|_| CommandFailure::NoPassword)?;
            Credentials::Password { email: email.unwrap_or_default(), password }
        }
    };
    let system = System::system();
    let simulation = Simulation {
        server: input.server,
        devices_through: input.devices_through,
        manager,
        devices: input.devices.into(),
        participants: input.participants as usize,
        seed: input.seed,
        event: input.event,
        host: input.host,
        program: input.program,
        clock: Clock::from_fn(move || system.now()),
        back_off: Simulation::PATIENT,
    };
    let bar = bar();
    let played = simulation.run(&bar).await;
    bar.finish_and_clear();
    let summary = played?;
    if input.json {
        output::say(&serde_json::json!(summary).to_string());
    } else {
        output::say(&summary.to_string());
    }
    match summary.differences().len() {
        0 => Ok(()),
        count => Err(CommandFailure::Differs { count }),
    }
}

/// The bar on standard error; it says nothing where that is no terminal.
fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0).with_message("making the event");
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} steps, {elapsed} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(TICK);
    bar
}
