// A typed client: the documents stand in the program, and graphql-codegen gives each its types.

import { print } from 'graphql';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';

import { useFragment, graphql } from './generated/index.js';

const url = process.env['HEMICYCLE_URL'] ?? '';
const authorization = process.env['AUTHORIZATION'] ?? '';

const Place = graphql(`
  fragment Place on Event {
    territory { name code }
    host { name country }
  }
`);

const Events = graphql(`
  query TypedEvents($where: EventWhere, $first: Int) {
    events(where: $where, orderBy: [{ field: STARTS_ON, direction: DESCENDING }], first: $first) {
      totalCount
      nodes { id title kind status dates { edtf days gaps } counts { registrations } ...Place }
    }
  }
`);

const Node = graphql(`
  query TypedNode($id: ID!) {
    node(id: $id) {
      __typename
      ... on Event { title }
      ... on Partner { name isInternational }
    }
  }
`);

const Rename = graphql(`
  mutation TypedRename($input: UpdatePartnerInput!) {
    updatePartner(input: $input) {
      partner { name }
      errors { __typename code message path }
    }
  }
`);

async function ask<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const answer = (await response.json()) as { data?: Data; errors?: { message: string }[] };
  if (!answer.data) throw new Error(JSON.stringify(answer.errors));
  return answer.data;
}

const { events } = await ask(Events, {
  where: { country: { eq: 'UZ' }, kind: { in: ['TRAINING_OF_TRAINERS', 'REFRESHER_COURSE'] } },
  first: 5,
});
for (const event of events.nodes) {
  const { territory, host } = useFragment(Place, event);
  const registrations: number | undefined = event.counts?.registrations;
  console.log([event.kind, event.status, event.dates.edtf, territory?.code, host?.country, registrations].join(' '));
}

const [first] = events.nodes;
if (first === undefined) throw new Error('there is no event');
const { node } = await ask(Node, { id: first.id });
if (node?.__typename === 'Event') console.log(`${node.__typename}: ${node.title === first.title}`);

const { updatePartner } = await ask(Rename, { input: { id: first.id, note: null } });
for (const { code, path } of updatePartner?.errors ?? []) console.log(`${code} ${path.join('.')}`);
