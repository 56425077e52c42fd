-- Sends requests that are right and wrong, and counts by status what was to be expected and what came.
-- A request a line: the status that it should get, the token (`-` for none), the body; a tab between them.
-- Called as: wrk … -s soak.lua URL -- FILE

-- Where eight @ stand in a body, they are another number in each request.

local requests = {}
local last = 0
local number = os.time() % 65536 * 65536
local threads = {}

sent, got = {}, {}

function setup(thread)
  threads[#threads + 1] = thread
end

local function format(one)
  local headers = { ["Content-Type"] = "application/json", ["Accept"] = "application/graphql-response+json" }
  if one.token ~= "-" then
    headers["Authorization"] = "Bearer " .. one.token
  end
  return wrk.format("POST", nil, headers, one.body)
end

function init(arguments)
  for line in io.lines(arguments[1]) do
    local status, token, body = line:match("^(%d+)\t([^\t]*)\t(.*)$")
    local one = { status = tonumber(status), token = token, body = body }
    if not body:find("@@@@@@@@", 1, true) then
      one.text = format(one)
    end
    requests[#requests + 1] = one
  end
end

function request()
  last = last % #requests + 1
  local one = requests[last]
  sent[one.status] = (sent[one.status] or 0) + 1
  if one.text then
    return one.text
  end
  number = number + 1
  local body = one.body:gsub("@@@@@@@@", string.format("%08x", number))
  return format({ token = one.token, body = body })
end

function response(status)
  got[status] = (got[status] or 0) + 1
end

local function json(counts)
  local parts = {}
  for status, count in pairs(counts) do
    parts[#parts + 1] = string.format('"%d":%d', status, count)
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

function done(summary)
  local errors = summary.errors
  io.write(string.format('\n{"sent":%s,"got":%s,"broken":%d}\n', json(threads[1]:get("sent")),
    json(threads[1]:get("got")), errors.connect + errors.read + errors.write + errors.timeout))
end
