#include "codec/codec.hpp"
#include "codec/text.hpp"

namespace mux::inline v0::codec {
namespace {

constexpr std::size_t most_messages = 16;
constexpr std::size_t most_bytes = 1024;
constexpr std::size_t most_text = 1u << 20;

// Every member that one of the forms has, of whatever kind: an error body is read as far as it can be
// understood.
struct envelope {
  json error, errors;
  json type, message, messages, code;
};

constexpr field_row rows[] = {
    row<json>("error", offsetof(envelope, error)),       row<json>("errors", offsetof(envelope, errors)),
    row<json>("type", offsetof(envelope, type)),         row<json>("message", offsetof(envelope, message)),
    row<json>("messages", offsetof(envelope, messages)), row<json>("code", offsetof(envelope, code)),
};
constexpr schema envelope_schema{"error", rows};
constexpr codec::type envelope_type{kind::object, []() -> const schema& { return envelope_schema; }};

bool read_envelope(std::string_view text, envelope& out) {
  return read(text, envelope_type, &out, {.size = most_text}).has_value();
}

std::string string_in(const json& value) {
  result<std::string> text = read<std::string>(value.text);
  return text ? std::string(utf8_prefix(*text, most_bytes)) : std::string();
}

void add_message(const json& value, std::vector<std::string>& messages) {
  if (messages.size() == most_messages) return;
  if (std::string text = string_in(value); !text.empty()) messages.push_back(std::move(text));
}

void add_messages(const json& list, std::vector<std::string>& messages) {
  const result<std::vector<json>> all = read<std::vector<json>>(list.text);
  if (!all) return;
  for (const json& one : *all) add_message(one, messages);
}

// A name or a number: the playback hosts number their errors.
std::string code_in(const json& value) {
  if (result<std::int64_t> number = read<std::int64_t>(value.text)) return std::to_string(*number);
  return string_in(value);
}

}  // namespace

error_body read_error_body(std::string_view text) {
  envelope top;
  if (!read_envelope(text, top)) return {};
  envelope inner;
  const envelope& form = read_envelope(top.error.text, inner) ? inner : top;
  error_body body;
  body.type = string_in(form.type);
  if (body.type.empty()) body.type = code_in(form.code);
  add_messages(form.messages, body.messages);
  add_message(form.message, body.messages);
  add_messages(top.errors, body.messages);
  add_message(top.error, body.messages);
  return body;
}

}  // namespace mux::inline v0::codec
