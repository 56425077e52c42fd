// The schema's own questions about itself.

export const introspection = () => [
  ['the types by name', '{ __type(name: "Event") { kind name description fields { name } } }'],
  ['a type that is not there', '{ __type(name: "Nothing") { name } }'],
  ['fields with arguments', `{ __type(name: "Event") { fields(includeDeprecated: true) { name description isDeprecated deprecationReason
    args { name description defaultValue type { kind name ofType { kind name ofType { kind name ofType { name } } } } }
    type { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } }`],
  ['an interface', '{ __type(name: "UserError") { kind name fields { name } possibleTypes { name } } }'],
  ['the interfaces of an object', '{ __type(name: "Event") { interfaces { kind name } possibleTypes { name } inputFields { name } enumValues { name } ofType { name } } }'],
  ['an enum', '{ __type(name: "EventKind") { kind name enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } fields { name } } }'],
  ['an input object', '{ __type(name: "EventOrder") { kind name isOneOf inputFields { name defaultValue type { kind name ofType { kind name } } } } }'],
  ['an input object with every default', '{ __type(name: "CreateEventInput") { inputFields { name defaultValue type { kind name ofType { kind name ofType { kind name } } } } } }'],
  ['an input object of exactly one field', '{ __type(name: "RegisteredPersonInput") { isOneOf inputFields { name } } }'],
  ['a scalar', '{ __type(name: "DateTime") { kind name description specifiedByURL } }'],
  ['a built-in scalar', '{ __type(name: "Int") { kind name specifiedByURL fields { name } } }'],
  ['the roots', '{ __schema { queryType { name } mutationType { name kind } subscriptionType { name } __typename } }'],
  ['under aliases', '{ s: __schema { q: queryType { n: name } } t: __type(name: "Node") { n: name k: kind __typename } }'],
  ['twice', '{ __schema { queryType { name } } __schema { queryType { kind } mutationType { name } } }'],
  ['by fragments', `{ __type(name: "Partner") { ...T } } fragment T on __Type { name kind ...F } fragment F on __Type { fields { name type { ...N } } }
    fragment N on __Type { kind name ofType { kind name } }`],
  ['beside data', '{ me { email } __type(name: "Account") { name } __typename }'],
  ['by a variable', 'query($n: String! = "Program") { __type(name: $n) { name } }'],
  ['with conditions', 'query($d: Boolean = false) { __type(name: "Program") { name description @include(if: $d) kind @skip(if: $d) } }'],
  ['__typename of introspection', '{ __schema { __typename queryType { __typename fields { __typename name args { __typename } } } } }'],
];
