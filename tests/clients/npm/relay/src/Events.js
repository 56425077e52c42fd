// The documents of a front end in Relay: a list that pages from the root, and one that pages from a record.
//
// They are for the compiler; what it makes of them is run in relay.mjs.

import { graphql } from 'relay-runtime';

export const eventsQuery = graphql`
  query EventsQuery($where: EventWhere) {
    me {
      displayName
    }
    ...Events_list @arguments(where: $where)
  }
`;

export const eventsList = graphql`
  fragment Events_list on Query
  @refetchable(queryName: "EventsPaginationQuery")
  @argumentDefinitions(
    count: { type: "Int", defaultValue: 2 }
    cursor: { type: "String" }
    where: { type: "EventWhere" }
  ) {
    events(first: $count, after: $cursor, where: $where, orderBy: [{ field: STARTS_ON }])
      @connection(key: "Events_list_events", filters: ["where"]) {
      totalCount
      edges {
        node {
          id
          ...Events_card
        }
      }
    }
  }
`;

export const eventsCard = graphql`
  fragment Events_card on Event {
    title
    kind
    dates {
      edtf
    }
    host {
      ...Events_partner
    }
  }
`;

export const eventsPartner = graphql`
  fragment Events_partner on Partner @refetchable(queryName: "EventsPartnerRefetchQuery") {
    name
    country
  }
`;
