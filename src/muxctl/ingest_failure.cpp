#include "muxctl/ingest_failure.hpp"

#include <string_view>

namespace mux::inline v0::muxctl {

namespace {

exit_code exit_code_of_ingest(ingest::errc code) noexcept {
  switch (code) {
    case ingest::errc::none:
      return exit_code::done;
    case ingest::errc::manifest_unreadable:
    case ingest::errc::manifest_invalid:
      return exit_code::bad_manifest;
    case ingest::errc::journal_unavailable:
    case ingest::errc::journal_locked:
    case ingest::errc::journal_foreign:
    case ingest::errc::journal_corrupt:
    case ingest::errc::journal_newer:
    case ingest::errc::disk_full:
    case ingest::errc::other_environment:
      return exit_code::journal;
    case ingest::errc::credentials_refused:
      return exit_code::credentials;
    case ingest::errc::unreachable:
      return exit_code::unreachable;
    case ingest::errc::api_failed:
      return exit_code::unusable_answer;
  }
  return exit_code::failed;
}

}  // namespace

failure failure_of(const ingest::error& e) {
  if (e.cause) return failure(*e.cause);
  return failure(exit_code_of_ingest(e.code), std::string(ingest::to_string(e.code)), e.detail);
}

}  // namespace mux::inline v0::muxctl
