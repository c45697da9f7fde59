#include "emulator/storage_transfer.hpp"

#include <algorithm>
#include <limits>

#include "emulator/json_writer.hpp"

namespace mux::inline v0::emulator {
namespace {

constexpr auto no_end = std::numeric_limits<std::uint64_t>::max();

reply storage_reply(int status, std::string_view text = {}) {
  reply answer(status, std::string(text));
  answer.sender = sender::storage;
  answer.content_type = "text/plain; charset=utf-8";
  return answer;
}

/// As Google shows a finished file: never what became of it at Mux.
reply metadata_of(const stored_upload& upload) {
  const auto size = std::to_string(upload.file.durable);
  const auto sum = upload.file.hash.crc32c_base64();
  auto answer = storage_reply(200);
  answer.content_type = "application/json; charset=UTF-8";
  const std::string_view path(upload.target.data(), upload.target.find('?'));
  json_writer json(answer.body);
  json.begin('{').member("kind", "storage#object").member("name", path.substr(path.rfind('/') + 1));
  json.member("contentType", "application/octet-stream").member("size", size).member("crc32c", sum).end('}');
  answer.fields.emplace_back("x-goog-hash", "crc32c=" + sum);
  answer.fields.emplace_back("x-goog-stored-content-length", size);
  return answer;
}

/// More bytes are expected.
reply incomplete(std::uint64_t durable, bool no_308) {
  auto answer = storage_reply(no_308 ? 200 : 308);
  if (no_308) answer.fields.emplace_back("X-HTTP-Status-Code-Override", "308");
  if (durable > 0) answer.fields.emplace_back("Range", "bytes=0-" + std::to_string(durable - 1));
  return answer;
}

storage_session* find_session(world& world, std::string_view target) {
  const auto at = world.sessions.find(target);
  return at == world.sessions.end() ? nullptr : &at->second;
}

}  // namespace

bool is_storage(std::string_view target) noexcept {
  return target.starts_with("/_storage/");
}

storage_transfer::storage_transfer(emulator::api& api, const message& request)
    : api_(api), target_(request.target), no_308_(request.no_308) {
  api_.with_world([&](world& world) { begin(world, request); });
}

storage_transfer::~storage_transfer() {
  if (counted_ < arrived_) api_.with_world([this](world& world) { count_arrivals(world); });
}

void storage_transfer::begin(world& world, const message& request) {
  auto& totals = world.book.totals;
  ++totals.classes[static_cast<std::size_t>(rate_class::storage)].requests;
  if (!request.authorization.empty()) ++totals.leaked_credentials;

  auto* session = find_session(world, target_);
  if (!session) {
    refusal_ = storage_reply(404, "No such upload.");
    return;
  }
  auto& file = session->upload->file;
  const auto range = request.content_range ? parse_content_range(*request.content_range)
                                           : whole_body(request.content_length);
  if (session->upload->session_expired(world.clock.now()))
    refusal_ = storage_reply(410, "The session has expired.");
  else if (request.method != "PUT")
    refusal_ = storage_reply(405, "Bytes are sent with PUT.");
  else if (!range)
    refusal_ = storage_reply(400, "Failed to parse Content-Range header.");
  if (refusal_) return;

  range_ = *range;
  fault_ = world.faults.draw(operation(), class_name(rate_class::storage));
  if (fault_) ++totals.faults;
  if (fault_ && fault_->kind == fault_kind::expire_session) {
    file.expired = true;
    refusal_ = storage_reply(410, "The session has expired.");
  } else if (!file.finished) {
    refusal_ = objection(file, request);
    if (!refusal_) plan(file, request.content_length);
  }
}

std::string_view storage_transfer::operation() const noexcept {
  if (range_.query) return "storage.query";
  return range_.last() ? "storage.finish" : "storage.chunk";
}

std::optional<reply> storage_transfer::objection(const stored_file& file, const message& request) const {
  const auto length = request.content_length;
  if (range_.query) {
    if (length != 0u) return storage_reply(400, "A request for the state has no body.");
    return std::nullopt;
  }
  if (range_.end && length && *range_.end - range_.first != *length)
    return storage_reply(400, "Content-Length does not agree with Content-Range.");
  if (range_.total && ((file.total && *file.total != *range_.total) || *range_.total < file.durable))
    return storage_reply(400, "The size of the file does not agree with earlier requests.");
  if (!range_.last() && *range_.end - range_.first < unit)
    return storage_reply(
        400,
        "Invalid request. The number of bytes uploaded is required to be equal or greater than 262144, "
        "except for the final request.");
  if (range_.first > file.durable) return storage_reply(503, "Bytes before these are missing.");
  return std::nullopt;
}

void storage_transfer::plan(const stored_file& file, std::optional<std::uint64_t> length) {
  if (range_.query) return;
  hash_ = file.hash;
  hashed_ = file.durable;
  position_ = range_.first;
  kept_until_ = range_.end.value_or(no_end);
  if (!fault_) return;
  if (prevents(fault_->kind)) kept_until_ = hashed_;
  if (fault_->kind == fault_kind::partial) {
    const auto fresh = range_.end.value_or(hashed_) - std::min(hashed_, range_.end.value_or(hashed_));
    kept_until_ = hashed_ + fresh / 2;  // commits whole units alone
  }
  if (fault_->kind == fault_kind::cut) cut_at_ = length.value_or(0) / 2;
}

bool storage_transfer::receive(std::string_view bytes) {
  arrived_ += bytes.size();
  auto at = position_;
  position_ += bytes.size();
  const auto known = hashed_ > at ? std::min<std::uint64_t>(hashed_ - at, bytes.size()) : 0;
  bytes.remove_prefix(known);
  at += known;
  bytes = bytes.substr(0, kept_until_ > at ? kept_until_ - at : 0);
  while (!bytes.empty()) {
    const auto part = bytes.substr(0, unit - hashed_ % unit);
    hash_.update(part);
    hashed_ += part.size();
    bytes.remove_prefix(part.size());
    if (hashed_ % unit == 0) commit();
  }
  return !cut_at_ || arrived_ < *cut_at_;
}

void storage_transfer::commit() {
  api_.with_world([this](world& world) {
    count_arrivals(world);
    auto* session = find_session(world, target_);
    if (!session) return;
    auto& file = session->upload->file;
    if (file.finished || file.expired || file.durable >= hashed_) return;
    world.book.totals.stored_bytes += hashed_ - file.durable;
    file.durable = hashed_;
    file.hash = hash_;
  });
}

reply storage_transfer::finish() {
  return api_.with_world([this](world& world) {
    count_arrivals(world);
    auto* session = find_session(world, target_);
    if (!refusal_ && !session) refusal_ = storage_reply(404, "No such upload.");
    if (!refusal_ && session->upload->file.expired) refusal_ = storage_reply(410, "The session has expired.");
    if (refusal_) return *refusal_;
    const bool executed = !fault_ || !prevents(fault_->kind);
    if (executed && !session->upload->file.finished) conclude(world, *session);
    auto answer = state_of(*session->upload);
    return fault_ ? spoiled(*fault_, std::move(answer)) : answer;
  });
}

void storage_transfer::conclude(world& world, const storage_session& session) {
  auto& file = session.upload->file;
  if (range_.query) {
    file.finished = range_.total == file.durable && file.total.value_or(file.durable) == file.durable;
  } else {
    const auto end = range_.end.value_or(position_);
    if (range_.total) file.total = range_.total;
    if (range_.last() && hashed_ == end && file.durable <= end) {
      world.book.totals.stored_bytes += end - file.durable;
      file.durable = end;
      file.hash = hash_;
      file.finished = true;
    }
  }
  if (!file.finished) return;
  file.total = file.durable;
  if (fault_ && fault_->kind == fault_kind::upload_errored)
    session.upload->errored = true;
  else
    world.finish_upload(session);
}

void storage_transfer::count_arrivals(world& world) {
  world.book.totals.storage_bytes += arrived_ - counted_;
  counted_ = arrived_;
}

reply storage_transfer::state_of(const stored_upload& upload) const {
  return upload.file.finished ? metadata_of(upload) : incomplete(upload.file.durable, no_308_);
}

}  // namespace mux::inline v0::emulator
