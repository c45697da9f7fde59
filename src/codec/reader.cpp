#include <algorithm>
#include <memory>
#include <new>
#include <string>
#include <utility>

#include <simdjson.h>

#include "codec/codec.hpp"
#include "codec/table_reader.hpp"
#include "codec/text.hpp"
#include "codec/token_walk.hpp"

namespace mux::inline v0::codec {
namespace {

struct workspace {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> finder;
  reading_memory memory;
};

// Working memory for texts of up to this length is kept; what a longer one needed is given back.
constexpr std::size_t kept_size = 1u << 20;

class leased_workspace {
 public:
  explicit leased_workspace(std::size_t text_size) : large_(text_size > kept_size) {}
  leased_workspace(const leased_workspace&) = delete;
  leased_workspace& operator=(const leased_workspace&) = delete;
  ~leased_workspace() {
    if (large_) kept() = {};
  }
  workspace* operator->() const { return &kept(); }
  workspace& operator*() const { return kept(); }

 private:
  static workspace& kept() {
    thread_local workspace w;
    return w;
  }
  bool large_;
};

// simdjson's first stage, run by the implementation it picked for this CPU: checks UTF-8, control characters
// and that strings are closed, and finds where tokens begin. The walk checks the rest. This beats the DOM and
// the on-demand front end; the latter is compiled into the caller and would be the portable kernel in a
// portable build.
simdjson::error_code find_tokens(workspace& w, std::string_view text) {
  if (!w.finder || w.finder->capacity() < text.size()) {
    const std::size_t capacity = std::max<std::size_t>(text.size() + text.size() / 4, 16 * 1024);
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, 1, w.finder) !=
        simdjson::SUCCESS)
      throw std::bad_alloc();
  }
  return w.finder->stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                          simdjson::stage1_mode::regular);
}

error not_json(std::string why) {
  return {errc::not_json, "not JSON: " + std::move(why)};
}

const char* name_of(simdjson::error_code code) {
  switch (code) {
    case simdjson::UTF8_ERROR:
      return "invalid UTF-8";
    case simdjson::UNCLOSED_STRING:
      return "a string is not closed";
    case simdjson::UNESCAPED_CHARS:
      return "a control character in a string";
    case simdjson::EMPTY:
      return "the text is empty";
    default:
      return "the text cannot be read";
  }
}

result<void> read_tokens(std::string_view text, workspace& work, const type& t, void* out,
                         read_options options, arena* borrowed) {
  const place tokens = work.finder->structural_indexes.get();
  const std::uint32_t count = work.finder->n_structural_indexes;
  const int depth = std::clamp(options.depth, 1, token_walk::max_depth);
  const auto finish = [&](const token_walk& walk, place end) -> result<void> {
    if (walk.stopped() == token_walk::fault::depth)
      return error(errc::response_too_large, "nested deeper than " + std::to_string(depth) + " levels");
    if (walk.stopped() == token_walk::fault::syntax) return not_json(walk.complaint());
    if (!walk.at_end(end)) return not_json("text follows the value");
    return {};
  };
  token_walk walk(text, tokens, count, depth);
  std::string complaint;
  place misfit = nullptr;
  const table_read how{walk, work.memory, borrowed, options.unwrap};
  const place end = read_value(how, t, out, complaint, misfit);
  if (!misfit || walk.stopped() != token_walk::fault::none) return finish(walk, end);
  // What does not fit may as well be broken further on, and then it is not JSON at all.
  token_walk again(text, tokens, count, depth);
  again.trust_escapes(misfit);
  const place last = again.skip(tokens, 0, work.memory.value);
  if (result<void> whole = finish(again, last); !whole) return whole;
  return error(errc::bad_response, std::move(complaint));
}

result<void> read_into(std::string_view text, const type& t, void* out, read_options options,
                       arena* borrowed) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (text.size() > options.size)
    return error(errc::response_too_large, "longer than " + std::to_string(options.size) + " bytes");
  leased_workspace work(text.size());
  if (const simdjson::error_code code = find_tokens(*work, text); code != simdjson::SUCCESS)
    return not_json(name_of(code));

  std::uint32_t* tokens = work->finder->structural_indexes.get();
  const std::uint32_t count = work->finder->n_structural_indexes;
  const char first = text[tokens[0]];
  if (first == '{' || first == '[') {
    const char last = text[tokens[count - 1]];
    if (last != '}' && last != ']') return not_json("the text ends inside a value");
    // The place after the last token is read only after a closing bracket; an opening one is always wrong
    // there.
    tokens[count] = tokens[0];
    return read_tokens(text, *work, t, out, options, borrowed);
  }
  const bool scalar = first == '"' || first == '-' || (first >= '0' && first <= '9') || first == 't' ||
                      first == 'f' || first == 'n';
  if (!scalar) return not_json("the text begins with " + excerpt(text.substr(tokens[0]), 1));
  if (count != 1) return not_json("text follows the value");
  // A copy ends in a NUL, which is what a bare literal or number needs behind it.
  const std::string copy(text);
  tokens[1] = static_cast<std::uint32_t>(copy.size());
  return read_tokens(copy, *work, t, out, options, borrowed);
}

struct borrowed_text {
  borrowed_text(std::string&& body) : text(std::move(body)), values(text.size() + text.size() / 2 + 1024) {}
  std::string text;
  arena values;
};

}  // namespace

result<void> read(std::string_view text, const type& t, void* out, read_options options) {
  return read_into(text, t, out, options, nullptr);
}

result<std::shared_ptr<const void>> read_borrowed(std::string&& text, const type& t, void* out,
                                                  read_options options) {
  auto kept = std::make_shared<borrowed_text>(std::move(text));
  if (result<void> done = read_into(kept->text, t, out, options, &kept->values); !done)
    return std::move(done).error();
  return std::shared_ptr<const void>(std::move(kept));
}

}  // namespace mux::inline v0::codec
