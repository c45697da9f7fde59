#include "api/call.hpp"

#include <algorithm>
#include <string>

namespace mux::inline v0::api {

namespace {

constexpr std::size_t longest_argument = 255;

std::string complaint(std::string_view value) {
  if (value.empty()) return "is empty";
  if (value.size() > longest_argument) return "is longer than 255 bytes";
  if (value == "." || value == "..") return "is a step in the path";
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(value.begin(), value.end(), control)) return "holds a control character";
  return {};
}

}  // namespace

call::call(op id, std::initializer_list<path_argument> arguments) {
  base_.op = &row(id);
  std::string_view path = base_.op->path;
  for (const path_argument& argument : arguments) {
    const std::size_t open = path.find('{');
    base_.target += path.substr(0, open);
    path.remove_prefix(path.find('}') + 1);
    if (std::string wrong = complaint(argument.value); wrong.empty())
      codec::percent_encode(argument.value, base_.target);
    else if (!base_.fault)
      base_.fault = error(errc::invalid_argument, std::string(argument.name) + ' ' + wrong);
  }
  base_.target += path;
}

void call::query(const codec::schema& params, const void* in) {
  std::string text;
  codec::write_query(params, in, text);
  if (!text.empty()) base_.target += '?' + text;
}

request<std::string> call::raw() {
  base_.raw = true;
  return request<std::string>(std::move(base_));
}

request<void> call::nothing() {
  return request<void>(std::move(base_));
}

}  // namespace mux::inline v0::api
