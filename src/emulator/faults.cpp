#include "emulator/faults.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "emulator/limits.hpp"

namespace mux::inline v0::emulator {
namespace {

constexpr std::array<std::string_view, 18> names = {
    "drop_before",     "drop_after",     "reset_before",    "reset_after",
    "http_500_before", "http_500_after", "http_502_before", "http_502_after",
    "http_503_before", "http_503_after", "html_before",     "html_after",
    "truncate",        "delay",          "partial",         "cut",
    "expire_session",  "upload_errored"};

/// Shorthands of operation and `drop_after`.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> lost_answers = {
    {{"create_answer_lost", "video.assets.create"}, {"upload_answer_lost", "storage.finish"}}};

bool is_of_storage_alone(fault_kind kind) noexcept {
  return kind >= fault_kind::partial;
}

reply html(sender from, int status, std::string_view title) {
  reply answer(status);
  answer.sender = from;
  answer.content_type = "text/html";
  answer.body.append("<html><head><title>").append(title).append("</title></head><body><h1>");
  answer.body.append(title).append("</h1></body></html>\n");
  return answer;
}

template <class Number>
bool read_number(std::string_view text, Number& out) {
  const auto end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, out);
  return failure == std::errc() && stopped == end;
}

/// Cuts what follows the last `mark` off `text`; nothing if there is no such mark.
std::optional<std::string_view> cut(std::string_view& text, char mark) {
  const auto at = text.rfind(mark);
  if (at == std::string_view::npos) return std::nullopt;
  const auto tail = text.substr(at + 1);
  text.remove_suffix(text.size() - at);
  return tail;
}

}  // namespace

std::optional<fault> parse_fault(std::string_view text) {
  fault f;
  if (const auto count = cut(text, '*'))
    if (!read_number(*count, f.count.emplace())) return std::nullopt;
  if (const auto probability = cut(text, '='))
    if (!read_number(*probability, f.probability) || !(f.probability >= 0 && f.probability <= 1))
      return std::nullopt;
  if (const auto match = cut(text, '@')) {
    if (match->empty()) return std::nullopt;
    f.match = *match;
  }
  std::int64_t milliseconds = 0;
  if (const auto delay = cut(text, ':'))
    if (!read_number(*delay, milliseconds) || milliseconds < 0) return std::nullopt;
  f.delay = std::chrono::milliseconds(milliseconds);

  for (const auto& [name, operation] : lost_answers)
    if (text == name && f.match.empty()) {
      f.match = operation;
      return f;
    }
  const auto name = std::find(names.begin(), names.end(), text);
  if (name == names.end()) return std::nullopt;
  f.kind = static_cast<fault_kind>(name - names.begin());
  return f;
}

bool prevents(fault_kind kind) noexcept {
  return kind == fault_kind::drop_before || kind == fault_kind::reset_before ||
         kind == fault_kind::http_500_before || kind == fault_kind::http_502_before ||
         kind == fault_kind::http_503_before || kind == fault_kind::html_before;
}

reply spoiled(const fault& f, reply answer) {
  switch (f.kind) {
    case fault_kind::drop_before:
    case fault_kind::drop_after:
      answer.delivery = delivery::dropped;
      break;
    case fault_kind::reset_before:
    case fault_kind::reset_after:
    case fault_kind::cut:
      answer.delivery = delivery::reset;
      break;
    case fault_kind::http_500_before:
    case fault_kind::http_500_after:
      answer = html(answer.sender, 500, "500 Internal Server Error");
      break;
    case fault_kind::http_502_before:
    case fault_kind::http_502_after:
      answer = html(answer.sender, 502, "502 Bad Gateway");
      break;
    case fault_kind::http_503_before:
    case fault_kind::http_503_after:
      answer = html(answer.sender, 503, "503 Service Unavailable");
      break;
    case fault_kind::html_before:
    case fault_kind::html_after:
      answer = html(answer.sender, 200, "Welcome");
      break;
    case fault_kind::truncate:
      answer.delivery = delivery::truncated;
      break;
    case fault_kind::delay:
      answer.delay += f.delay;
      break;
    case fault_kind::partial:
    case fault_kind::expire_session:
    case fault_kind::upload_errored:
      break;
  }
  return answer;
}

std::optional<fault> fault_plan::draw(std::string_view operation, std::string_view class_name) {
  for (auto& f : faults_) {
    if (f.count == 0u) continue;
    if (is_of_storage_alone(f.kind) && class_name != emulator::class_name(rate_class::storage)) continue;
    if (!f.match.empty() && f.match != operation && f.match != class_name) continue;
    if (f.probability < 1 && std::uniform_real_distribution<double>()(random_) >= f.probability) continue;
    if (f.count) --*f.count;
    return f;
  }
  return std::nullopt;
}

}  // namespace mux::inline v0::emulator
