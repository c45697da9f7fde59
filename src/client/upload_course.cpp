#include "client/upload_course.hpp"

#include <algorithm>
#include <utility>

namespace mux::inline v0::client_detail {

namespace {

error contradiction(int status, const char* what) {
  error e(errc::bad_response, what);
  e.http_status = status;
  e.phase = call_phase::done;
  e.bytes_sent = true;
  return e;
}

}  // namespace

upload_course::upload_course(std::uint64_t size, std::uint64_t chunk, int tries, bool ask_first) noexcept
    : size_(size), chunk_(chunk), tries_(tries), asking_(ask_first && size > 0) {}

upload_course::step upload_course::next() const noexcept {
  return {asking_, durable_, asking_ ? 0 : std::min(chunk_, size_ - durable_)};
}

upload_course::turn upload_course::take(const storage_answer& said) {
  const bool asked = asking_;
  switch (said.what) {
    case storage_answer::kind::refused:
      return give_up(said.why);
    case storage_answer::kind::unclear:
      asking_ = size_ > 0;
      return failed(said.why);
    case storage_answer::kind::finished:
      if (!asked && next().size < size_ - durable_) {
        asking_ = true;
        return failed(contradiction(200, "the storage called the upload finished before its last byte"));
      }
      if (said.size && *said.size != size_)
        return give_up(contradiction(200, "the storage finished the upload with another number of bytes"));
      durable_ = size_;
      return turn::finished;
    case storage_answer::kind::incomplete:
      break;
  }
  if (said.durable > size_) return give_up(contradiction(308, "the storage has more bytes than there are"));
  return move_to(said.durable);
}

upload_course::turn upload_course::move_to(std::uint64_t durable) {
  const bool asked = std::exchange(asking_, durable == size_ && size_ > 0);
  const std::uint64_t before = std::exchange(durable_, durable);
  if (durable < before && ++setbacks_ > tries_)
    return give_up(contradiction(308, "the storage loses bytes that it had confirmed"));
  if (durable > before) failures_ = 0;
  if (asking_) return failed(contradiction(308, "the storage has all bytes and does not finish the upload"));
  if (durable != before || asked) return turn::go_on;
  return failed(contradiction(308, "the storage keeps none of the bytes"));
}

upload_course::turn upload_course::failed(error why) {
  ++failures_;
  why_ = std::move(why);
  why_.attempts = failures_;
  if (failures_ < tries_) return turn::again;
  why_.stopped = stop_reason::exhausted;
  return turn::given_up;
}

upload_course::turn upload_course::give_up(error why) {
  ++failures_;
  why_ = std::move(why);
  return turn::given_up;
}

}  // namespace mux::inline v0::client_detail
