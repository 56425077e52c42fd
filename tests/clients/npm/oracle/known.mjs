// Records of the five documents that the oracle's questions begin with, found by what the documents report.

import { data } from '../support/server.mjs';

/** Returns the ids by name. */
export async function findKnown(headers) {
  const one = async (list, name) => {
    const found = await data({ query: `{ ${list}(where: { named: "${name}" }, first: 1) { nodes { id } } }` }, headers);
    const [record] = found[list].nodes;
    if (!record) throw new Error(`the documents have no ${list} named ${name}`);
    return record.id;
  };
  const conference = await one('events', 'International conference on democracy');
  const { event } = await data({
    query: `{ event(id: "${conference}") { registrations(first: 1) { nodes { id } } delegations { id } } }`,
  }, headers);
  const { headcountReports, territories, sources } = await data({
    query: `{ headcountReports(first: 1) { nodes { id } } territories(where: { code: "UZ-JI" }) { nodes { id } }
      sources(first: 1) { nodes { id } } }`,
  }, headers);
  return {
    conference,
    meeting: await one('events', 'Bilateral meeting'),
    seminar: await one('events', 'Stage 2 training seminar'),
    zhambyl: await one('events', 'Seminar-meeting'),
    program: await one('programs', 'Training of members'),
    agency: await one('partners', 'Civil Service Development Agency'),
    commission: await one('partners', 'Election Commission of India'),
    branch: await one('partners', 'Jizzakh regional branch'),
    participant: await one('participants', 'Battalova'),
    agreement: (await data({ query: '{ agreements(first: 1) { nodes { id } } }' }, headers)).agreements.nodes[0].id,
    registration: event.registrations.nodes[0].id,
    delegation: event.delegations[0].id,
    report: headcountReports.nodes[0].id,
    region: territories.nodes[0].id,
    source: sources.nodes[0].id,
  };
}
