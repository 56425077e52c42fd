// PostGraphile as its documentation recommends it: the Amber preset, one process, no development aids.
// A request may be longer than it lets them be by itself (100,000 bytes): 500 scans by generated mutations are ten times that.
import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";

export default {
  extends: [PostGraphileAmberPreset],
  pgServices: [makePgService({ connectionString: process.env.DATABASE_URL, schemas: ["public"] })],
  grafserv: { host: "127.0.0.1", port: Number(process.env.PORT), graphiql: false, watch: false, maxRequestLength: 4_000_000 },
  grafast: { explain: false },
};
