#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace mux::inline v0::ingest::simulation {

/// Chances that a call meets trouble, each 0 to 1. `create` is every create, of an upload too.
struct troubles {
  double answer_lost = 0;   ///< the connection breaks after the create was executed
  double reset = 0;         ///< it breaks before
  double error_before = 0;  ///< 5xx, nothing was done
  double error_after = 0;   ///< 5xx, although it was done
  double unreadable = 0;    ///< 201 with a body that is none
  double late_effect = 0;   ///< the connection breaks, and the create is executed some time later
  double late_answer = 0;   ///< executed, the answer takes its time
  double unreachable = 0;   ///< no connection, nothing was sent
  double page = 0;          ///< a page of a listing fails
  double look = 0;          ///< a look at an asset or an upload fails
  double cut = 0;           ///< a piece of a file arrives, and the connection breaks
  double expired = 0;       ///< an upload is over in the middle of its file
  double errored = 0;       ///< an upload's bytes make no asset
};

/// The server's rate is another from `at` on.
struct rate_change {
  double at;    ///< seconds since the first run began
  double rate;  ///< creates a second
};

/// A job, and the world that it meets. Times in seconds.
struct scenario {
  std::uint64_t seed = 1;
  std::uint64_t urls = 0;   ///< rows with a URL
  std::uint64_t files = 0;  ///< rows with a local file
  std::uint64_t largest_file = 3'000'000;
  double bad = 0;  ///< share of the rows that the API refuses

  double rate = 50;  ///< creates a second that the server allows, known to the client
  int burst = 10;    ///< size of the server's bucket
  bool burst_known = true;
  std::vector<rate_change> changes;
  double other_rate = 5;  ///< calls a second that are no creates

  double latency = 0.08;     ///< of a call, there and back
  double slow_answers = 20;  ///< a late answer takes up to this
  double late = 40;          ///< a late effect comes up to this later
  double lag = 40;           ///< an asset is listed up to this later
  bool newest_first = true;
  double bytes_a_second = 4'000'000;  ///< of one file
  double ready_after = 60;            ///< at most, from the create on

  troubles chance;
  bool wait = false;  ///< until the assets are ready
  /// Instants at which the run is aborted; it is begun again a minute later.
  std::vector<double> aborts;

  [[nodiscard]] std::uint64_t rows() const noexcept { return urls + files; }
};

/// Every kind of trouble: a hundredth of the creates each lose their answer, get a 5xx before and after they
/// were executed, are reset, are executed late; the list lags inside the horizon; some runs are aborted.
[[nodiscard]] scenario every_trouble(std::uint64_t seed, std::uint64_t urls, std::uint64_t files);

/// A job of an everyday kind, to predict the end of: from a quarter of an hour to more than one, at any rate,
/// latency and share of trouble; the server's burst known or not, its rate changing early on.
[[nodiscard]] scenario everyday_job(std::uint64_t seed);
/// The same for local files, limited by the line rather than by the rate of creates.
[[nodiscard]] scenario everyday_files(std::uint64_t seed);

}  // namespace mux::inline v0::ingest::simulation
