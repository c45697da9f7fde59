#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <mux/ingest/journal_view.hpp>

#include "muxctl/latencies.hpp"
#include "muxctl/run_notes.hpp"

namespace mux::inline v0::muxctl {

/// One run with its samples by time.
struct run_facts {
  ingest::run_record run;
  std::vector<ingest::run_sample> samples;
  std::uint64_t before = 0;  ///< rows that had their asset at the last sample of earlier runs

  [[nodiscard]] std::chrono::milliseconds elapsed() const noexcept;
  /// Rows that got their asset in this run.
  [[nodiscard]] std::uint64_t done() const noexcept;
  [[nodiscard]] std::uint64_t refused() const noexcept;
  /// Creates a second; 0 if it is not known.
  [[nodiscard]] double rate() const noexcept;
  /// `finished`, `stopped`, `aborted`, `given up`, or `killed` for a run without an end.
  [[nodiscard]] std::string_view ending(bool under_way) const noexcept;
};

/// A batch as its journal knows it, without the rows themselves.
struct batch_facts {
  std::filesystem::path journal;  ///< absolute
  run_notes notes;
  std::string environment, host;
  ingest::row_counts rows;
  ingest::byte_counts bytes;
  bool in_use = false;
  std::vector<run_facts> runs;

  [[nodiscard]] std::uint64_t failures() const noexcept;
  /// Every row has its asset and no process works with it.
  [[nodiscard]] bool complete() const noexcept;
  /// The manifest's name, for people.
  [[nodiscard]] std::string manifest() const;
  [[nodiscard]] std::chrono::milliseconds elapsed() const noexcept;
  [[nodiscard]] std::uint64_t refused() const noexcept;
};

/// Errors: throws `failure`.
[[nodiscard]] ingest::journal_view open_journal(const std::filesystem::path& file);
[[nodiscard]] batch_facts read_facts(ingest::journal_view& journal, const std::filesystem::path& file);

/// What the attempts of a batch tell.
struct attempt_facts {
  std::uint64_t count = 0;
  std::map<int, std::uint64_t> refusals;  ///< attempts by HTTP status, of those that were no success
  latencies took;                         ///< from the note before its turn to the outcome
};
/// Errors: throws `failure`.
[[nodiscard]] attempt_facts read_attempts(ingest::journal_view& journal);

/// What to do next with a batch, in one sentence, with the command if there is one.
struct next_step {
  std::string advice;
  std::string command;
};
[[nodiscard]] next_step next_step_for(const batch_facts& batch);

}  // namespace mux::inline v0::muxctl
