// A list that pages from a record: Relay finds the record again by its global id, through the interface Node.

import { graphql } from 'relay-runtime';

export const territoryQuery = graphql`
  query TerritoryQuery($id: ID!) {
    territory(id: $id) {
      id
      ...Territory_children
    }
  }
`;

export const territoryChildren = graphql`
  fragment Territory_children on Territory
  @refetchable(queryName: "TerritoryChildrenPaginationQuery")
  @argumentDefinitions(
    forward: { type: "Int", defaultValue: 5 }
    after: { type: "String" }
    backward: { type: "Int" }
    before: { type: "String" }
  ) {
    name
    children(first: $forward, after: $after, last: $backward, before: $before)
      @connection(key: "Territory_children") {
      edges {
        node {
          code
        }
      }
    }
  }
`;

export const checkIn = graphql`
  mutation TerritoryCheckInMutation($input: CheckInInput!, $connections: [ID!]!) {
    checkIn(input: $input) {
      registration @appendNode(connections: $connections, edgeTypeName: "RegistrationEdge") {
        id
        attendance {
          isInside
        }
      }
      errors {
        __typename
        code
        message
        path
      }
    }
  }
`;

export const follow = graphql`
  subscription TerritoryFollowSubscription($id: ID!) {
    eventAttendance(eventId: $id) {
      change
      inside
      registration {
        id
      }
    }
  }
`;
