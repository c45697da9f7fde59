#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mux/ingest/error.hpp>
#include <mux/ingest/journal.hpp>
#include <mux/ingest/manifest.hpp>

namespace mux::inline v0::ingest {

/// The machine's own time in milliseconds.
using local_instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// One run over the batch.
struct run_record {
  std::int64_t id = 0;  ///< from 1
  local_instant begun_at;
  std::optional<local_instant> ended_at;  ///< nothing: under way or killed
  std::optional<int> ending;              ///< `engine`'s `ending` as a number
};

/// One time that a create was sent.
struct attempt_record {
  std::int64_t row = 0;
  int number = 0;                           ///< from 1
  std::optional<server_instant> intent_at;  ///< before its first byte
  std::optional<server_instant> settled_at;
  std::optional<row_state> outcome;  ///< nothing: still open
  int http_status = 0;               ///< 0: no answer, or one that said nothing wrong
  std::string request_id;
};

/// Looks at a journal, also at one that a process is working with, and changes nothing. Each call sees what
/// was committed when it began. It blocks for as long as the file is read.
///
/// Errors of all members: `journal_unavailable`, `journal_corrupt`. Thread safety: none.
class journal_view {
 public:
  /// Errors: `journal_newer`, and a journal of an earlier version that no run has brought up to date is
  /// `journal_unavailable`.
  [[nodiscard]] static result<journal_view> open(const std::filesystem::path& file);
  journal_view(journal_view&&) noexcept;
  journal_view& operator=(journal_view&&) noexcept;
  ~journal_view();

  [[nodiscard]] result<row_counts> counts();
  [[nodiscard]] result<byte_counts> bytes();
  /// What `journal::begin_run` and `journal::bind` noted under this name; empty if nothing was.
  [[nodiscard]] result<std::string> note(std::string_view name);
  /// A process works with the journal.
  [[nodiscard]] bool in_use() const noexcept;
  [[nodiscard]] result<std::vector<run_record>> runs();
  /// Samples of one run by time.
  [[nodiscard]] result<std::vector<run_sample>> samples(std::int64_t run);

  /// Up to `limit` rows with an id above `after`, by id. URLs that hold secrets are empty in `content.url`.
  [[nodiscard]] result<std::vector<journal_row>> rows(std::int64_t after, std::size_t limit);
  /// The same for one state.
  [[nodiscard]] result<std::vector<journal_row>> rows(row_state state, std::int64_t after, std::size_t limit);
  /// Attempts of the rows `first` to `last`, by row and number.
  [[nodiscard]] result<std::vector<attempt_record>> attempts(std::int64_t first, std::int64_t last);
  /// The state of the row with the cells of `row`; nothing if the journal does not have it.
  [[nodiscard]] result<std::optional<row_state>> state_of(const manifest_row& row);

 private:
  struct state;
  explicit journal_view(std::unique_ptr<state> opened);
  std::unique_ptr<state> state_;
};

}  // namespace mux::inline v0::ingest
