#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include <boost/asio/io_context.hpp>

#include <mux/data/dimensions.hpp>
#include <mux/data/monitoring.hpp>
#include <mux/system/utilities.hpp>
#include <mux/video/assets.hpp>

#include "muxctl/commands.hpp"
#include "muxctl/duration.hpp"
#include "muxctl/rows.hpp"
#include "muxctl/session.hpp"

namespace mux::inline v0::muxctl {

namespace {

/// Requests that a probe spends on one class at most.
constexpr int most_probes = 60;

std::string number(double value) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), value == std::floor(value) ? "%.0f" : "%.2f", value);
  return text.data();
}

cell number_cell(std::optional<double> value) {
  if (!value) return {};
  if (std::isinf(*value)) return {"no limit", "null"};
  return literal_cell(number(*value));
}

cell time_cell(std::optional<std::chrono::nanoseconds> time) {
  if (!time) return {};
  return {format_duration(*time),
          number(std::round(std::chrono::duration<double>(*time).count() * 100) / 100)};
}

std::string_view knowledge(const class_limit& settings, const class_stats& s) {
  if (std::isinf(s.full_rate)) return {};
  if (settings.burst && s.burst >= std::max(1, *settings.burst - 1)) return "configured";
  return s.burst_known ? "learnt" : "assumed";
}

struct column {
  std::string_view name;   ///< in JSON and CSV
  std::string_view title;  ///< of the table
  cell (*value)(rate_class, const class_limit&, const class_stats&);
};

constexpr std::array<column, 11> columns = {{
    {"class", "class",
     [](rate_class c, const class_limit&, const class_stats&) { return text_cell(to_string(c)); }},
    {"full_rate", "rate",
     [](rate_class, const class_limit&, const class_stats& s) { return number_cell(s.full_rate); }},
    {"rate", "share",
     [](rate_class, const class_limit&, const class_stats& s) { return number_cell(s.rate); }},
    {"burst", "burst",
     [](rate_class, const class_limit&, const class_stats& s) {
       return std::isinf(s.full_rate) ? cell{} : literal_cell(std::to_string(s.burst));
     }},
    {"burst_is", "which is",
     [](rate_class, const class_limit& l, const class_stats& s) {
       const std::string_view how = knowledge(l, s);
       return how.empty() ? cell{} : text_cell(how);
     }},
    {"tokens", "tokens",
     [](rate_class, const class_limit&, const class_stats& s) {
       return std::isinf(s.tokens) ? cell{} : number_cell(std::floor(s.tokens * 100) / 100);
     }},
    {"wait_s", "next in",
     [](rate_class, const class_limit&, const class_stats& s) { return time_cell(s.wait); }},
    {"since_refusal_s", "last 429",
     [](rate_class, const class_limit&, const class_stats& s) {
       cell c = time_cell(s.since_refusal);
       if (!c.text.empty()) c.text += " ago";
       return c;
     }},
    {"refused", "429s here",
     [](rate_class, const class_limit&, const class_stats& s) {
       return literal_cell(std::to_string(s.refused));
     }},
    {"server_limit", "server's burst",
     [](rate_class, const class_limit&, const class_stats& s) { return number_cell(s.server_limit); }},
    {"server_remaining", "left there",
     [](rate_class, const class_limit&, const class_stats& s) {
       return number_cell(s.server_remaining ? std::optional(std::floor(*s.server_remaining)) : std::nullopt);
     }},
}};

void show(const client& api, row_format format, output& out) {
  const client_stats stats = api.stats();
  std::vector<std::string_view> names;
  for (const column& c : columns) names.push_back(format == row_format::table ? c.title : c.name);
  table lines(names);
  if (format == row_format::csv) out.write(csv_record({names.begin(), names.end()}, false));
  for (std::size_t i = 0; i < rate_class_count; ++i) {
    std::vector<cell> cells;
    std::vector<std::string> texts;
    for (const column& c : columns) {
      cells.push_back(c.value(static_cast<rate_class>(i), api.options().limits.classes[i], stats.classes[i]));
      texts.push_back(format == row_format::csv && !cells.back().json.empty() &&
                              cells.back().json.front() != '"'
                          ? cells.back().json
                          : cells.back().text);
    }
    if (format == row_format::jsonl) out.write(json_line(names, cells));
    if (format == row_format::csv) out.write(csv_record(texts, false));
    if (format == row_format::table) lines.add(texts);
  }
  if (format == row_format::table) out.write(lines.take());
}

/// A refusal for good is an answer too: the token may not be allowed everything. No answer is a failure.
template <class T>
asio::awaitable<void> ask(client& api, request<T> call) {
  const result<T> got = co_await api.try_send(std::move(call));
  if (!got && got.error().http_status == 0) throw failure(got.error());
}

asio::awaitable<void> ask(client& api, rate_class c) {
  if (c == rate_class::video_other) {
    asset_list_params few;
    few.limit = 1;
    co_await ask(api, requests::video::assets::list(few));
  } else if (c == rate_class::data) {
    co_await ask(api, requests::data::dimensions::list());
  } else if (c == rate_class::monitoring) {
    co_await ask(api, requests::data::monitoring::list_dimensions());
  } else {
    co_await ask(api, requests::system::utilities::whoami());
  }
}

/// Harmless reads, one after the other as fast as answers come, until the first refusal.
asio::awaitable<exit_code> probe(client& api, output& out) {
  for (const rate_class c :
       {rate_class::video_other, rate_class::data, rate_class::monitoring, rate_class::system}) {
    const auto now = [&] { return api.stats().classes[static_cast<std::size_t>(c)]; };
    if (!api.options().limits[c].burst) api.forget_limit(c);
    int asked = 0;
    do {
      co_await ask(api, c);
      ++asked;
    } while (asked < most_probes && !std::isinf(now().full_rate) && !now().burst_known);
    const class_stats end = now();
    std::string said = std::string(to_string(c)) + ": " + std::to_string(asked) +
                       (asked == 1 ? " request, " : " requests, ") + std::to_string(end.refused) + " refused";
    if (!end.burst_known && !std::isinf(end.full_rate)) said += "; no end of the burst found";
    said += end.server_limit ? "; the server says its burst" : "; the server says nothing of its limits";
    out.note(said);
  }
  out.note("video_post and robots were not probed: each request there makes something");
  co_return exit_code::done;
}

}  // namespace

exit_code run(const limits_command& command, const invocation& call, output& out) {
  const row_format format = command.format_given     ? command.format
                            : out.results_terminal() ? row_format::table
                                                     : row_format::jsonl;
  global_flags flags = call.global;
  if (!command.probe) {
    asio::io_context context(1);
    const client api = make_client(context.get_executor(), make_options(flags), out);
    if (command.forget)
      for (std::size_t i = 0; i < rate_class_count; ++i) api.forget_limit(static_cast<rate_class>(i));
    show(api, format, out);
    return exit_code::done;
  }
  flags.discover_burst = true;
  return run_with_client(flags, out, [&](client& api) -> asio::awaitable<exit_code> {
    const exit_code code = co_await probe(api, out);
    show(api, format, out);
    co_return code;
  });
}

}  // namespace mux::inline v0::muxctl
