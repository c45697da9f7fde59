#include "codec/table_reader.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "codec/text.hpp"

namespace mux::inline v0::codec {
namespace {

std::string_view kind_found(char c) {
  switch (c) {
    case '{':
      return "object";
    case '[':
      return "array";
    case '"':
      return "string";
    case 't':
    case 'f':
      return "boolean";
    case 'n':
      return "null";
    default:
      return "number";
  }
}

void clear(const type& t, void* value);

void clear_object(const schema& s, char* object) {
  for (const field_row& row : s.fields) {
    if (row.presence == presence::required)
      clear(*row.value, object + row.offset);
    else
      row.ops->reset(object + row.offset);
  }
}

// Puts back the default.
void clear(const type& t, void* value) {
  switch (t.kind) {
    case kind::boolean:
      *static_cast<bool*>(value) = false;
      break;
    case kind::int64:
      *static_cast<std::int64_t*>(value) = 0;
      break;
    case kind::float64:
      *static_cast<double*>(value) = 0;
      break;
    case kind::string:
      static_cast<std::string*>(value)->clear();
      break;
    case kind::text: {
      const std::string_view nothing;
      std::memcpy(value, &nothing, sizeof nothing);
      break;
    }
    case kind::unix_seconds:
      *static_cast<std::chrono::sys_seconds*>(value) = {};
      break;
    case kind::enumeration:
      static_cast<mux::detail::open_enum_base*>(value)->assign(mux::detail::open_enum_base::unknown);
      break;
    case kind::object:
      clear_object(t.object(), static_cast<char*>(value));
      break;
    case kind::array:
    case kind::map:
      t.container->clear(value);
      break;
    case kind::span:
      t.span->set(value, nullptr, 0);
      break;
    case kind::variant:
      t.variant->emplace(value, 0);
      break;
    case kind::json:
      static_cast<json*>(value)->text.clear();
      break;
  }
}

// Where the keys of a map are that is being read: searched while there are few, hashed once there are many.
class key_places {
 public:
  key_places(const container_ops& ops, const void* map) : ops_(ops), map_(map) {}

  // The place of `key`, or of the next new key, which the caller appends.
  std::size_t find(std::string_view key) {
    const std::size_t size = ops_.size(map_);
    if (size < few) {
      std::size_t i = 0;
      while (i < size && ops_.key(map_, i) != key) ++i;
      return i;
    }
    if (hashed_.empty())
      for (std::size_t i = 0; i < size; ++i) hashed_.emplace(ops_.key(map_, i), i);
    return hashed_.emplace(key, size).first->second;
  }

 private:
  static constexpr std::size_t few = 16;
  const container_ops& ops_;
  const void* map_;
  std::unordered_map<std::string, std::size_t> hashed_;
};

class table_reader {
 public:
  explicit table_reader(const table_read& how)
      : walk_(how.walk), memory_(how.memory), borrowed_(how.borrowed) {}

  [[nodiscard]] const token_walk& walk() const { return walk_; }

  /// `depth`: brackets around the value.
  [[nodiscard]] place read(place at, const slot& s, void* out, int depth);
  [[nodiscard]] place read_data_member(place at, const type& t, void* out);

  [[nodiscard]] bool fits() const { return misfit_ == nullptr; }
  [[nodiscard]] place misfit_place() const { return misfit_; }
  [[nodiscard]] std::string complaint() const {
    return (path_.empty() ? "the value" : path_) + ": " + complaint_;
  }

 private:
  template <class Member>
  place for_each_member(place at, int depth, Member member);
  place read_part(place at, const slot& s, void* out, int depth);
  place read_object(place at, const schema& s, char* out, int depth);
  place find_row(place at, const schema& s, const field_row*& row);
  place quick_value(place at, const slot& s, void* out);
  place quick_enumeration(place at, const slot& s, void* out);
  place read_member(place at, const field_row& row, void* out, int depth);
  place read_null(place at, const field_row& row, void* out, int depth);
  place read_elements(place at, const slot& element, int depth, std::size_t& size, auto append);
  place read_array(place at, const slot& s, void* out, int depth);
  place read_span(place at, const slot& s, void* out, int depth);
  [[nodiscard]] std::size_t expected_elements(place at, const char* first) const;
  place read_map(place at, const slot& s, void* out, int depth);
  place read_variant(place at, const type& t, void* out, int depth);
  place read_alternative(place at, const type& t, std::size_t index, const alternative& a, void* out,
                         int depth);
  place find_discriminators(place at, std::span<const alternative> all, int depth,
                            std::vector<std::pair<std::string_view, std::string>>& found);
  place read_int64(place at, wire w, std::int64_t& out);
  place read_float64(place at, double& out);
  place read_boolean(place at, bool& out);
  place read_text(place at, std::string_view& text);
  place borrow_text(place at, std::string_view& text);
  place read_enumeration(place at, const type& t, mux::detail::open_enum_base& out);
  place read_seconds(place at, std::chrono::sys_seconds& out);
  place read_digits(place at, std::int64_t& out);
  place read_integer(place at, std::int64_t& out);

  [[nodiscard]] bool starts_number(place at) const {
    const char c = walk_.look(at);
    return c == '-' || (c >= '0' && c <= '9');
  }
  // All of these return null.
  place mismatch(place at, std::string_view expected);
  place misfit(place at, std::string why);
  place in_member(std::string_view name);
  place in_key(std::string_view key);
  place in_element(std::size_t index);

  // Bounds on what is reserved on trust: a text may claim anything.
  static constexpr std::size_t most_expected = 1024;
  static constexpr std::size_t most_repeated = 16;

  token_walk walk_;
  reading_memory& memory_;
  arena* const borrowed_;
  std::size_t element_ = 0;  ///< of the array read last
  place misfit_ = nullptr;
  std::string path_;
  std::string complaint_;
};

place table_reader::mismatch(place at, std::string_view expected) {
  std::string why = "expected ";
  why.append(expected).append(", found ").append(kind_found(walk_.look(at)));
  return misfit(at, std::move(why));
}

place table_reader::misfit(place at, std::string why) {
  misfit_ = at;
  complaint_ = std::move(why);
  return nullptr;
}

place table_reader::in_member(std::string_view name) {
  if (fits()) return nullptr;
  std::string path(name);
  if (!path_.empty() && path_.front() != '[') path += '.';
  path_ = path + path_;
  return nullptr;
}

place table_reader::in_key(std::string_view key) {
  if (!fits())
    path_ = '[' + excerpt(key, 32) + ']' + (path_.empty() || path_.front() == '[' ? "" : ".") + path_;
  return nullptr;
}

place table_reader::in_element(std::size_t index) {
  if (!fits())
    path_ = '[' + std::to_string(index) + ']' + (path_.empty() || path_.front() == '[' ? "" : ".") + path_;
  return nullptr;
}

// Calls `member` with the place of each value and its raw name; it returns where the value ends.
template <class Member>
place table_reader::for_each_member(place at, int depth, Member member) {
  at = walk_.enter(at, depth);
  if (!at) return nullptr;
  if (walk_.look(at) == '}') return at + 1;
  for (;;) {
    std::string_view key;
    at = walk_.take_raw_key(at, key);
    if (!at) return nullptr;
    at = member(at, key);
    if (!at) return nullptr;
    const char c = walk_.look(at);
    if (c == '}') return at + 1;
    if (c != ',') return walk_.expected(at, "',' or '}'");
    ++at;
  }
}

// Stores a value that the language knows; slots of such values hold T, std::optional<T> or field<T> itself.
template <class T>
void store(const slot& s, void* out, T&& value) {
  using held = std::remove_cvref_t<T>;
  switch (s.presence) {
    case presence::required:
      *static_cast<held*>(out) = std::forward<T>(value);
      break;
    case presence::optional:
      *static_cast<std::optional<held>*>(out) = std::forward<T>(value);
      break;
    case presence::field:
      *static_cast<field<held>*>(out) = std::forward<T>(value);
      break;
  }
}

// A string that most likely needs no memory of its own. As many bytes must be readable in any case: copying
// them all and cutting the string to its length takes no call and no loop.
constexpr std::size_t short_string = 15;
void store_short_string(std::optional<std::string>& out, std::string_view text) {
  out.emplace(text.data(), short_string);
  out->resize(text.size());
}

void store_string(const slot& s, void* out, std::string_view text) {
  if (s.presence == presence::optional)
    static_cast<std::optional<std::string>*>(out)->emplace(text);
  else
    store(s, out, std::string(text));
}

// Slots of borrowed text hold a std::string_view or an open_enum_view, which is one: the same bytes. Copied
// in halves, as what was just written in halves had better not be read as a whole: the processor would wait.
// An optional is its value and then whether it is there.
void store_text(const slot& s, void* out, std::string_view text) {
  constexpr std::size_t half = sizeof text / 2;
  auto* const to = static_cast<char*>(out);
  std::memcpy(to, &text, half);
  std::memcpy(to + half, reinterpret_cast<const char*>(&text) + half, half);
  static_assert(sizeof(std::optional<std::string_view>) > sizeof text);
  const bool there = true;
  if (s.presence != presence::required) std::memcpy(to + sizeof text, &there, sizeof there);
}

place table_reader::read(place at, const slot& s, void* out, int depth) {
  switch (s.kind) {
    case kind::string: {
      std::string_view text;
      at = read_text(at, text);
      if (!at) return nullptr;
      store_string(s, out, text);
      return at;
    }
    case kind::text: {
      std::string_view text;
      at = borrow_text(at, text);
      if (at) store_text(s, out, text);
      return at;
    }
    case kind::int64: {
      std::int64_t value = 0;
      at = read_int64(at, s.wire, value);
      if (at) store(s, out, value);
      return at;
    }
    case kind::float64: {
      double value = 0;
      at = read_float64(at, value);
      if (at) store(s, out, value);
      return at;
    }
    case kind::unix_seconds: {
      std::chrono::sys_seconds value;
      at = read_seconds(at, value);
      if (at) store(s, out, value);
      return at;
    }
    case kind::boolean: {
      bool value = false;
      at = read_boolean(at, value);
      if (at) store(s, out, value);
      return at;
    }
    case kind::enumeration:
      if (s.presence != presence::required) out = s.ops->emplace(out);
      return read_enumeration(at, *s.value, *static_cast<mux::detail::open_enum_base*>(out));
    default:
      return read_part(at, s, out, depth);
  }
}

place table_reader::read_part(place at, const slot& s, void* out, int depth) {
  const type& t = *s.value;
  if (s.presence != presence::required) out = s.ops->emplace(out);
  switch (s.kind) {
    case kind::object:
      if (walk_.look(at) != '{') return mismatch(at, "object");
      return read_object(at, t.object(), static_cast<char*>(out), depth);
    case kind::array:
      return read_array(at, s, out, depth);
    case kind::span:
      return read_span(at, s, out, depth);
    case kind::map:
      return read_map(at, s, out, depth);
    case kind::variant:
      return read_variant(at, t, out, depth);
    case kind::json: {
      std::string_view raw;
      at = walk_.skip(at, depth, memory_.value, raw);
      if (at) static_cast<json*>(out)->text.assign(raw);
      return at;
    }
    default:
      return nullptr;
  }
}

// Null, without a fault, if the value has not the most frequent form of its kind.
inline place table_reader::quick_value(place at, const slot& s, void* out) {
  switch (s.kind) {
    case kind::string: {
      std::string_view text;
      const place end = walk_.quick_string(at, text);
      if (!end) return nullptr;
      if (text.size() <= short_string && s.presence == presence::optional && walk_.wide(at))
        store_short_string(*static_cast<std::optional<std::string>*>(out), text);
      else
        store_string(s, out, text);
      return end;
    }
    case kind::text: {
      std::string_view text;
      const place end = walk_.quick_string(at, text);
      if (end) store_text(s, out, text);
      return end;
    }
    case kind::int64: {
      std::int64_t value = 0;
      const place end =
          s.wire == wire::as_text ? walk_.quick_digits_text(at, value) : walk_.quick_integer(at, value);
      if (end) store(s, out, value);
      return end;
    }
    case kind::float64: {
      double value = 0;
      const place end = walk_.quick_decimal(at, value);
      if (end) store(s, out, value);
      return end;
    }
    case kind::unix_seconds: {
      std::int64_t value = 0;
      const place end = walk_.quick_digits_text(at, value);
      if (end) store(s, out, std::chrono::sys_seconds(std::chrono::seconds(value)));
      return end;
    }
    case kind::boolean: {
      bool value = false;
      const place end = walk_.quick_boolean(at, value);
      if (end) store(s, out, value);
      return end;
    }
    case kind::enumeration:
      return quick_enumeration(at, s, out);
    default:
      return nullptr;
  }
}

// A value that was looked up before.
place table_reader::quick_enumeration(place at, const slot& s, void* out) {
  std::string_view text;
  const place end = walk_.quick_string(at, text);
  if (!end || text.empty() || text.size() > short_text::longest) return nullptr;
  const short_text words(text);
  const std::int16_t index = memory_.choice(*s.value, words);
  if (index < 0) return nullptr;
  if (s.presence != presence::required) out = s.ops->emplace(out);
  static_cast<mux::detail::open_enum_base*>(out)->assign(index);
  return end;
}

place table_reader::read_member(place at, const field_row& row, void* out, int depth) {
  if (walk_.look(at) == 'n') return read_null(at, row, out, depth);
  if (row.kind < kind::object) return read(at, row, out, depth);
  // It may come a second time.
  if (row.presence == presence::required) clear(*row.value, out);
  return read_part(at, row, out, depth);
}

place table_reader::read_object(place at, const schema& s, char* out, int depth) {
  at = walk_.enter(at, depth);
  if (!at) return nullptr;
  std::uint64_t seen = 0;
  if (walk_.look(at) == '}') {
    ++at;
  } else {
    const field_row* const rows = s.fields.empty() ? &nothing_row : s.fields.data();
    const std::uintptr_t order_key = memory_.order_key(s, element_);
    row_order* order = &memory_.order_of(order_key);
    for (std::size_t previous = 0;;) {
      const field_row* row = rows + order->next[previous];
      place value = walk_.take_key(at, row->pattern, row->bits);
      if (!value) {
        value = find_row(at, s, row);
        if (!value) return nullptr;
        if (row) order->next[previous] = static_cast<std::uint8_t>(row - rows);
      }
      if (row) {
        previous = static_cast<std::size_t>(row - rows) + 1;
        if (row->must) seen |= std::uint64_t{1} << (previous - 1);
        void* const member = out + row->offset;
        at = quick_value(value, *row, member);
        if (!at) {
          at = read_member(value, *row, member, depth + 1);
          if (!at) return in_member(row->name);
          // A member's own schema may have taken the place of this one.
          if (order->of != order_key) order = &memory_.order_of(order_key);
        }
      } else {
        at = walk_.skip(value, depth + 1, memory_.value);
        if (!at) return nullptr;
      }
      const char c = walk_.look(at++);
      if (c == ',') continue;
      if (c == '}') break;
      return walk_.expected(at - 1, "',' or '}'");
    }
  }
  if (const std::uint64_t missing = s.must & ~seen; missing != 0) {
    misfit(at, "missing");
    return in_member(s.fields[static_cast<std::size_t>(std::countr_zero(missing))].name);
  }
  return at;
}

// Takes a name; `row` is null if it is unknown.
place table_reader::find_row(place at, const schema& s, const field_row*& row) {
  std::string_view raw;
  at = walk_.take_raw_key(at, raw);
  if (!at) return nullptr;
  row = s.find(raw);
  if (row) return at;
  std::string_view key;
  if (!walk_.decode(raw, memory_.key, key)) return nullptr;
  if (key.data() != raw.data()) row = s.find(key);
  return at;
}

place table_reader::read_null(place at, const field_row& row, void* out, int depth) {
  if (row.must) return mismatch(at, "a value");
  if (row.presence == presence::field)
    row.ops->set_null(out);
  else if (row.presence == presence::optional)
    row.ops->reset(out);
  else if (row.kind == kind::json)
    return read(at, row, out, depth);
  else
    clear(*row.value, out);
  return walk_.take_literal(at, "null");
}

// `append` gives the place of one more element, and is told where the text stands.
place table_reader::read_elements(place at, const slot& element, int depth, std::size_t& size, auto append) {
  for (;;) {
    void* const out = append(at);
    element_ = size;
    const bool null = walk_.look(at) == 'n' && element.kind != kind::json;
    at = null                          ? walk_.take_literal(at, "null")
         : element.kind < kind::object ? read(at, element, out, depth)
                                       : read_part(at, element, out, depth);
    if (!at) return in_element(size);
    ++size;
    const char c = walk_.look(at++);
    if (c == ',') continue;
    return c == ']' ? at : walk_.expected(at - 1, "',' or ']'");
  }
}

place table_reader::read_array(place at, const slot& s, void* out, int depth) {
  if (walk_.look(at) != '[') return mismatch(at, "array");
  at = walk_.enter(at, depth);
  if (!at) return nullptr;
  if (walk_.look(at) == ']') return at + 1;
  const type& t = *s.value;
  const bool outermost = depth <= 1;
  const char* const first = walk_.text_at(at);
  t.container->reserve(out, outermost ? 1 : memory_.size_of(t).last);
  std::size_t size = 0;
  const auto append = [&](place here) {
    if (size == 1 && outermost) t.container->reserve(out, expected_elements(here, first));
    return t.container->append(out);
  };
  at = read_elements(at, {t.element, t.element->kind, presence::required, s.wire}, depth + 1, size, append);
  if (at && !outermost) memory_.size_of(t).last = std::min(size, most_repeated);
  return at;
}

place table_reader::read_span(place at, const slot& s, void* out, int depth) {
  if (walk_.look(at) != '[') return mismatch(at, "array");
  at = walk_.enter(at, depth);
  if (!at) return nullptr;
  if (walk_.look(at) == ']') return at + 1;
  const type& t = *s.value;
  const bool outermost = depth <= 1;
  const char* const first = walk_.text_at(at);
  const std::size_t each = t.span->element_size;
  char* elements = nullptr;
  std::size_t size = 0;
  std::size_t room = 0;
  const auto grow = [&](std::size_t wanted) {
    char* const more = static_cast<char*>(borrowed_->allocate(wanted * each, t.span->element_alignment));
    if (size != 0) std::memcpy(more, elements, size * each);
    elements = more;
    room = wanted;
  };
  const auto append = [&](place here) -> void* {
    if (size == room) {
      std::size_t wanted = 2 * size;
      if (size == 0) wanted = outermost ? 1 : memory_.size_of(t).last;
      if (size == 1 && outermost) wanted = expected_elements(here, first);
      grow(std::max(wanted, size + 1));
    }
    return std::memcpy(elements + size * each, t.span->blank, each);
  };
  at = read_elements(at, {t.element, t.element->kind, presence::required, s.wire}, depth + 1, size, append);
  if (!at) return nullptr;
  if (!outermost) memory_.size_of(t).last = std::min(size, most_repeated);
  borrowed_->shrink(elements, room * each, size * each);
  t.span->set(out, elements, size);
  return at;
}

// The outermost array takes up most of the text: if the other elements are as long as the first, which began
// at `first` and has just been read, there will be about this many of them.
std::size_t table_reader::expected_elements(place at, const char* first) const {
  const auto length = static_cast<std::size_t>(walk_.text_at(at) - first);
  const std::size_t more = walk_.left(at) / length;
  return std::min<std::size_t>(2 + more + more / 8, most_expected);
}

place table_reader::read_map(place at, const slot& s, void* out, int depth) {
  if (walk_.look(at) != '{') return mismatch(at, "object");
  const type& t = *s.value;
  const slot element{t.element, t.element->kind, presence::required, s.wire};
  key_places places(*t.container, out);
  return for_each_member(at, depth, [&](place value_at, std::string_view raw) -> place {
    std::string_view key;
    if (!walk_.decode(raw, memory_.key, key)) return nullptr;
    const std::size_t i = places.find(key);
    void* value = nullptr;
    if (i == t.container->size(out)) {
      value = t.container->append_key(out, key);
    } else {
      value = const_cast<void*>(t.container->at(out, i));
      clear(*t.element, value);
    }
    if (walk_.look(value_at) == 'n' && element.kind != kind::json)
      return walk_.take_literal(value_at, "null");
    const place end = read(value_at, element, value, depth + 1);
    return end ? end : in_key(t.container->key(out, i));
  });
}

place table_reader::find_discriminators(place at, std::span<const alternative> all, int depth,
                                        std::vector<std::pair<std::string_view, std::string>>& found) {
  for (const alternative& a : all)
    for (const auto& [name, text] : a.discriminators)
      if (std::none_of(found.begin(), found.end(), [&](const auto& f) { return f.first == name; }))
        found.emplace_back(name, std::string());
  if (found.empty()) return at;
  const place end = for_each_member(at, depth, [&](place value, std::string_view raw) -> place {
    std::string_view key;
    if (!walk_.decode(raw, memory_.key, key)) return nullptr;
    const auto wanted =
        std::find_if(found.begin(), found.end(), [&](const auto& f) { return f.first == key; });
    if (wanted == found.end() || walk_.look(value) != '"') return walk_.skip(value, depth + 1, memory_.value);
    std::string_view text;
    value = walk_.take_string(value, memory_.value, text);
    if (value) wanted->second.assign(text);
    return value;
  });
  walk_.go_back();
  return end;
}

place table_reader::read_alternative(place at, const type& t, std::size_t index, const alternative& a,
                                     void* out, int depth) {
  return read_object(at, *a.object, static_cast<char*>(t.variant->emplace(out, index)), depth);
}

place table_reader::read_variant(place at, const type& t, void* out, int depth) {
  if (walk_.look(at) != '{') return mismatch(at, "object");
  const std::span<const alternative> all = t.alternatives();
  std::vector<std::pair<std::string_view, std::string>> found;
  if (!find_discriminators(at, all, depth, found)) return nullptr;
  const auto holds = [&](const std::pair<std::string_view, std::string_view>& wanted) {
    return std::any_of(found.begin(), found.end(),
                       [&](const auto& f) { return f.first == wanted.first && f.second == wanted.second; });
  };
  for (std::size_t i = 0; i < all.size(); ++i)
    if (const auto& d = all[i].discriminators; !d.empty() && std::all_of(d.begin(), d.end(), holds))
      return read_alternative(at, t, i, all[i], out, depth);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].discriminators.empty()) continue;
    if (const place end = read_alternative(at, t, i, all[i], out, depth)) return end;
    if (fits()) return nullptr;
    misfit_ = nullptr;
    path_.clear();
    walk_.go_back();
  }
  return misfit(at, "matches none of the known forms");
}

place table_reader::read_integer(place at, std::int64_t& out) {
  number value;
  std::string_view text;
  const place end = walk_.take_number(at, value, text);
  if (!end) return nullptr;
  switch (to_int64(value, out)) {
    case conversion::done:
      return end;
    case conversion::out_of_range:
      return misfit(at, "number out of the range of 64-bit integers");
    case conversion::not_integral:
      return misfit(at, "expected integer, found number with a fraction");
  }
  return nullptr;
}

place table_reader::read_digits(place at, std::int64_t& out) {
  std::string_view text;
  const place end = walk_.take_string(at, memory_.value, text);
  if (!end) return nullptr;
  return parse_int64(text, out) ? end : misfit(at, "expected digits of a 64-bit integer, found other text");
}

place table_reader::read_int64(place at, wire w, std::int64_t& out) {
  if (starts_number(at)) return read_integer(at, out);
  if (w == wire::as_text && walk_.look(at) == '"') return read_digits(at, out);
  return mismatch(at, "integer");
}

place table_reader::read_seconds(place at, std::chrono::sys_seconds& out) {
  std::int64_t seconds = 0;
  if (walk_.look(at) == '"')
    at = read_digits(at, seconds);
  else
    at = starts_number(at) ? read_integer(at, seconds) : mismatch(at, "seconds since 1970");
  out = std::chrono::sys_seconds(std::chrono::seconds(seconds));
  return at;
}

place table_reader::read_float64(place at, double& out) {
  if (!starts_number(at)) return mismatch(at, "number");
  number value;
  std::string_view text;
  const place end = walk_.take_number(at, value, text);
  if (!end) return nullptr;
  return to_double(value, text, out) == conversion::done ? end : misfit(at, "number out of range");
}

place table_reader::read_boolean(place at, bool& out) {
  out = walk_.look(at) == 't';
  if (!out && walk_.look(at) != 'f') return mismatch(at, "boolean");
  return walk_.take_literal(at, out ? "true" : "false");
}

place table_reader::read_text(place at, std::string_view& text) {
  if (walk_.look(at) != '"') return mismatch(at, "string");
  return walk_.take_string(at, memory_.value, text);
}

// Escapes are decoded where they stand: what is borrowed from may be written to.
place table_reader::borrow_text(place at, std::string_view& text) {
  if (walk_.look(at) != '"') return mismatch(at, "string");
  at = walk_.take_raw_string(at, text);
  if (!at || !walk_.has_escape(text)) return at;
  return walk_.decode(text, const_cast<char*>(text.data()), text) ? at : nullptr;
}

place table_reader::read_enumeration(place at, const type& t, mux::detail::open_enum_base& out) {
  std::string_view text;
  at = read_text(at, text);
  if (!at) return nullptr;
  const std::span<const std::string_view> names = t.names();
  const auto known = std::find(names.begin(), names.end(), text);
  if (known == names.end()) {
    out.assign_unknown(text);
    return at;
  }
  const auto index = static_cast<std::int16_t>(known - names.begin());
  out.assign(index);
  if (!text.empty() && text.size() <= short_text::longest)
    memory_.remember_choice(t, short_text(text), index);
  return at;
}

place table_reader::read_data_member(place at, const type& t, void* out) {
  if (walk_.look(at) != '{') return mismatch(at, "object");
  bool seen = false;
  const place end = for_each_member(at, 0, [&](place value, std::string_view raw) -> place {
    std::string_view key;
    if (!walk_.decode(raw, memory_.key, key)) return nullptr;
    if (key != "data") return walk_.skip(value, 1, memory_.value);
    if (seen) clear(t, out);
    seen = true;
    value = read(value, {&t}, out, 1);
    return value ? value : in_member("data");
  });
  if (!end || seen) return end;
  misfit(end, "missing");
  return in_member("data");
}

}  // namespace

place read_value(const table_read& how, const type& t, void* out, std::string& complaint, place& misfit) {
  table_reader reader(how);
  const place first = how.walk.first();
  const place end = how.unwrap ? reader.read_data_member(first, t, out) : reader.read(first, {&t}, out, 0);
  how.walk = reader.walk();
  if (!reader.fits()) {
    complaint = reader.complaint();
    misfit = reader.misfit_place();
  }
  return end;
}

}  // namespace mux::inline v0::codec
