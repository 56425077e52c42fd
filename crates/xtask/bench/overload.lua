-- Sends check-ins and writes down which of them were answered for, by the ids of their scans.
-- Called as: wrk … -s overload.lua URL -- FILE TOKEN ANSWERED

local requests = {}
local last = 0
local answered
local threads = {}

ok, refused, turned_away, unadvised, other = 0, 0, 0, 0, 0

function setup(thread)
  threads[#threads + 1] = thread
end

function init(arguments)
  local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer " .. arguments[2] }
  for body in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("POST", nil, headers, body)
  end
  answered = io.open(arguments[3], "a")
  answered:setvbuf("line")
end

function request()
  last = last % #requests + 1
  return requests[last]
end

function response(status, headers, body)
  if status == 200 then
    ok = ok + 1
    local scan = body:match('"scanId":"([^"]+)"')
    if scan then
      answered:write(scan, "\n")
    end
  elseif status ~= 503 then
    other = other + 1
  elseif not headers["retry-after"] then
    unadvised = unadvised + 1
  elseif headers["connection"] == "close" then
    -- There was no place for the connection.
    turned_away = turned_away + 1
  else
    refused = refused + 1
  end
end

function done(summary, latency)
  local errors = summary.errors
  local function count(name)
    return threads[1]:get(name)
  end
  io.write(string.format(
    '\n{"answered":%d,"refused":%d,"turned_away":%d,"unadvised":%d,"other":%d,"unconnected":%d,"broken":%d,"timeouts":%d,"microseconds":%d,"p50":%d,"p99":%d}\n',
    count("ok"), count("refused"), count("turned_away"), count("unadvised"), count("other"), errors.connect, errors.read + errors.write,
    errors.timeout, summary.duration, latency:percentile(50), latency:percentile(99)))
end
