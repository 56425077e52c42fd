-- Sends the requests of a file, one JSON body a line, over and over; prints one line of JSON at the end.
-- Called as: wrk … -s load.lua URL -- FILE [TOKEN]

-- Where eight @ stand in a body, they are another number in each request.

local requests = {}
local last = 0
local headers = { ["Content-Type"] = "application/json" }
-- Two loads do not give the same numbers.
local number = os.time() % 65536 * 65536

function init(arguments)
  if arguments[2] then
    headers["Authorization"] = "Bearer " .. arguments[2]
  end
  for body in io.lines(arguments[1]) do
    local is_renewed = body:find("@@@@@@@@", 1, true)
    requests[#requests + 1] = is_renewed and { body = body } or wrk.format("POST", nil, headers, body)
  end
end

function request()
  last = last % #requests + 1
  local sent = requests[last]
  if type(sent) == "string" then
    return sent
  end
  number = number + 1
  return wrk.format("POST", nil, headers, (sent.body:gsub("@@@@@@@@", string.format("%08x", number))))
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"bytes":%d,"microseconds":%d,"p50":%d,"p99":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.bytes, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
