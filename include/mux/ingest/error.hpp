#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include <mux/error.hpp>

namespace mux::inline v0::ingest {

/// Why a batch could not begin or was given up, one value per thing that a caller would treat differently.
enum class errc : std::uint8_t {
  none,
  manifest_unreadable,  ///< the manifest cannot be opened or read
  manifest_invalid,     ///< the manifest has faults, listed in `error::faults`; nothing was sent
  journal_unavailable,  ///< the journal cannot be opened, created, read or written
  journal_locked,       ///< another process works with this journal
  journal_foreign,      ///< the journal belongs to another manifest: they have no row in common
  journal_corrupt,      ///< the journal is damaged, cut off or no journal at all
  journal_newer,        ///< the journal was written by a newer version
  disk_full,            ///< the journal could not grow; what was recorded before is safe
  other_environment,    ///< the journal was begun in another Mux environment or at another API host
  credentials_refused,  ///< 401 or 403; `error::cause` has the details
  unreachable,          ///< the API could not be reached, several times in a row; see `error::cause`
  api_failed,           ///< the API gave an answer that makes going on pointless; see `error::cause`
};

/// The code's name, `journal_locked` for example.
[[nodiscard]] std::string_view to_string(errc code) noexcept;

/// One thing wrong with a manifest. Lines and columns count from 1; columns count code points.
struct manifest_fault {
  std::uint64_t line = 0;
  std::uint64_t column = 0;
  std::string message;   ///< what is wrong; printable, never holds a query or credentials of a URL
  std::string expected;  ///< what would be right
};

/// `name:line:column: message (expected …)`.
[[nodiscard]] std::string to_string(const manifest_fault& fault, std::string_view name);

/// Everything known about a batch that could not begin or go on. A value; never holds a secret.
struct error {
  error() noexcept;
  /*implicit*/ error(errc what, std::string why = {});

  errc code = errc::none;
  /// What happened and what to do, in words.
  std::string detail;
  /// The manifest's name, for `manifest_invalid`.
  std::string manifest;
  /// The first faults (see `manifest_options::max_faults`), in the order of the file.
  std::vector<manifest_fault> faults;
  /// All faults, those beyond `faults` included.
  std::uint64_t fault_count = 0;
  /// The failed call, for the last three codes.
  std::optional<mux::error> cause;

  /// One line: code, detail and cause; without the faults.
  [[nodiscard]] std::string message() const;
};

std::ostream& operator<<(std::ostream& out, const error& e);

/// Either a value or an `ingest::error`.
template <class T>
using result = boost::system::result<T, error>;

/// Customisation point of `boost::system::result`: `value()` throws `std::runtime_error` with `e.message()`.
[[noreturn]] void throw_exception_from_error(const error& e, const boost::source_location& where);

}  // namespace mux::inline v0::ingest
