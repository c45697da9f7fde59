#include <ostream>
#include <stdexcept>
#include <utility>

#include <mux/ingest/error.hpp>

namespace mux::inline v0::ingest {

std::string_view to_string(errc code) noexcept {
  switch (code) {
    case errc::none:
      return "none";
    case errc::manifest_unreadable:
      return "manifest_unreadable";
    case errc::manifest_invalid:
      return "manifest_invalid";
    case errc::journal_unavailable:
      return "journal_unavailable";
    case errc::journal_locked:
      return "journal_locked";
    case errc::journal_foreign:
      return "journal_foreign";
    case errc::journal_corrupt:
      return "journal_corrupt";
    case errc::journal_newer:
      return "journal_newer";
    case errc::disk_full:
      return "disk_full";
    case errc::other_environment:
      return "other_environment";
    case errc::credentials_refused:
      return "credentials_refused";
    case errc::unreachable:
      return "unreachable";
    case errc::api_failed:
      return "api_failed";
  }
  return "unknown";
}

std::string to_string(const manifest_fault& fault, std::string_view name) {
  std::string text(name);
  text += ':' + std::to_string(fault.line) + ':' + std::to_string(fault.column) + ": " + fault.message;
  if (!fault.expected.empty()) text += " (expected " + fault.expected + ")";
  return text;
}

error::error() noexcept = default;

error::error(errc what, std::string why) : code(what), detail(std::move(why)) {}

std::string error::message() const {
  std::string text(to_string(code));
  if (!detail.empty()) text += ": " + detail;
  if (cause) text += ": " + cause->message();
  return text;
}

std::ostream& operator<<(std::ostream& out, const error& e) {
  return out << e.message();
}

void throw_exception_from_error(const error& e, const boost::source_location&) {
  throw std::runtime_error(e.message());
}

}  // namespace mux::inline v0::ingest
