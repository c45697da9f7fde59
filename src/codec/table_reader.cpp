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

// Puts back the default, for a member that comes a second time.
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
    case kind::variant:
      t.variant->emplace(value, 0);
      break;
    case kind::json:
      static_cast<json*>(value)->text.clear();
      break;
  }
}

// For short texts, most of which differ in length or in their first bytes.
bool same_text(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  if (a.size() < 4 || a.size() > 16) return a == b;
  const auto same = [&](auto word, std::size_t at) {
    auto other = word;
    std::memcpy(&word, a.data() + at, sizeof word);
    std::memcpy(&other, b.data() + at, sizeof other);
    return word == other;
  };
  if (a.size() < 8) return same(std::uint32_t{}, 0) && same(std::uint32_t{}, a.size() - 4);
  return same(std::uint64_t{}, 0) && same(std::uint64_t{}, a.size() - 8);
}

bool contains(const row_set& rows, std::size_t i) {
  return rows[i / 64] >> (i % 64) & 1;
}
void insert(row_set& rows, std::size_t i) {
  rows[i / 64] |= std::uint64_t{1} << (i % 64);
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
  table_reader(const token_walk& walk, reading_memory& work) : walk_(walk), work_(work) {}

  [[nodiscard]] const token_walk& walk() const { return walk_; }

  [[nodiscard]] bool read(const type& t, wire w, void* out);
  [[nodiscard]] bool read_data_member(const type& t, void* out);

  [[nodiscard]] bool fits() const { return complaint_.empty(); }
  [[nodiscard]] std::string complaint() const {
    return (path_.empty() ? "the value" : path_) + ": " + complaint_;
  }

 private:
  template <class Member>
  bool for_each_member(Member member);
  bool read_object(const schema& s, char* out);
  bool find_row(const schema& s, const field_row*& row);
  bool read_member(const field_row& row, char* object, bool again);
  bool read_null(const field_row& row, void* at, bool again);
  bool read_array(const type& t, wire w, void* out);
  [[nodiscard]] std::size_t expected_elements(const char* first) const;
  bool read_map(const type& t, wire w, void* out);
  bool read_variant(const type& t, void* out);
  bool read_alternative(const type& t, std::size_t index, const alternative& a, void* out);
  bool find_discriminators(std::span<const alternative> all,
                           std::vector<std::pair<std::string_view, std::string>>& found);
  bool read_int64(wire w, std::int64_t& out);
  bool read_float64(double& out);
  bool read_boolean(bool& out);
  bool take_text(std::string_view& text);
  bool read_enumeration(const type& t, mux::detail::open_enum_base& out);
  bool read_seconds(std::chrono::sys_seconds& out);
  bool read_digits(std::int64_t& out);
  bool read_integer(std::int64_t& out);

  bool starts_number() const {
    const char c = walk_.look();
    return c == '-' || (c >= '0' && c <= '9');
  }
  // All of these return false.
  bool mismatch(std::string_view expected);
  bool misfit(std::string why);
  bool in_member(std::string_view name);
  bool in_key(std::string_view key);
  bool in_element(std::size_t index);

  // Bounds on what is reserved on trust: a text may claim anything.
  static constexpr std::size_t most_expected = 1024;
  static constexpr std::size_t most_repeated = 16;

  token_walk walk_;
  reading_memory& work_;
  std::string path_;
  std::string complaint_;
};

bool table_reader::mismatch(std::string_view expected) {
  std::string why = "expected ";
  why.append(expected).append(", found ").append(kind_found(walk_.look()));
  return misfit(std::move(why));
}

bool table_reader::misfit(std::string why) {
  complaint_ = std::move(why);
  return false;
}

bool table_reader::in_member(std::string_view name) {
  if (fits()) return false;
  std::string path(name);
  if (!path_.empty() && path_.front() != '[') path += '.';
  path_ = path + path_;
  return false;
}

bool table_reader::in_key(std::string_view key) {
  if (!fits())
    path_ = '[' + excerpt(key, 32) + ']' + (path_.empty() || path_.front() == '[' ? "" : ".") + path_;
  return false;
}

bool table_reader::in_element(std::size_t index) {
  if (!fits())
    path_ = '[' + std::to_string(index) + ']' + (path_.empty() || path_.front() == '[' ? "" : ".") + path_;
  return false;
}

// Calls `member` with each raw name; it must take the value.
template <class Member>
bool table_reader::for_each_member(Member member) {
  if (!walk_.enter()) return false;
  if (!walk_.take('}')) {
    do {
      std::string_view key;
      if (!walk_.take_raw_key(key) || !member(key)) return false;
    } while (walk_.take(','));
    if (!walk_.take('}')) return walk_.expected("',' or '}'");
  }
  walk_.leave();
  return true;
}

bool table_reader::read(const type& t, wire w, void* out) {
  switch (t.kind) {
    case kind::boolean:
      return read_boolean(*static_cast<bool*>(out));
    case kind::int64:
      return read_int64(w, *static_cast<std::int64_t*>(out));
    case kind::float64:
      return read_float64(*static_cast<double*>(out));
    case kind::string: {
      std::string_view text;
      if (!take_text(text)) return false;
      static_cast<std::string*>(out)->assign(text);
      return true;
    }
    case kind::unix_seconds:
      return read_seconds(*static_cast<std::chrono::sys_seconds*>(out));
    case kind::enumeration:
      return read_enumeration(t, *static_cast<mux::detail::open_enum_base*>(out));
    case kind::object:
      if (walk_.look() != '{') return mismatch("object");
      return read_object(t.object(), static_cast<char*>(out));
    case kind::array:
      return read_array(t, w, out);
    case kind::map:
      return read_map(t, w, out);
    case kind::variant:
      return read_variant(t, out);
    case kind::json: {
      std::string_view raw;
      if (!walk_.skip(work_.value, raw)) return false;
      static_cast<json*>(out)->text.assign(raw);
      return true;
    }
  }
  return false;
}

bool table_reader::read_object(const schema& s, char* out) {
  if (!walk_.enter()) return false;
  row_set seen{};
  if (!walk_.take('}')) {
    const bool ordered = !s.fields.empty() && s.fields.size() <= row_order::most_rows;
    std::size_t previous = 0;
    do {
      // Asked for again after each member, whose own schema may have taken the place of this one.
      row_order* const order = ordered ? &work_.order_of(s) : nullptr;
      const field_row* row = order ? &s.fields[order->next[previous]] : nullptr;
      if (!row || !walk_.take_key(row->name, row->words)) {
        if (!find_row(s, row)) return false;
        if (!row) {
          if (!walk_.skip(work_.value)) return false;
          continue;
        }
        if (order) order->next[previous] = static_cast<std::uint8_t>(row - s.fields.data());
      }
      const auto i = static_cast<std::size_t>(row - s.fields.data());
      previous = i + 1;
      const bool again = contains(seen, i);
      insert(seen, i);
      if (!read_member(*row, out, again)) return in_member(row->name);
    } while (walk_.take(','));
    if (!walk_.take('}')) return walk_.expected("',' or '}'");
  }
  walk_.leave();
  for (std::size_t word = 0; word < seen.size(); ++word)
    if (const std::uint64_t missing = s.must[word] & ~seen[word]; missing != 0) {
      const auto i = word * 64 + static_cast<std::size_t>(std::countr_zero(missing));
      misfit("missing");
      return in_member(s.fields[i].name);
    }
  return true;
}

// Takes a name; `row` is null if it is unknown.
bool table_reader::find_row(const schema& s, const field_row*& row) {
  std::string_view raw;
  if (!walk_.take_raw_key(raw)) return false;
  row = s.find(raw, walk_.key_words(raw));
  if (row) return true;
  std::string_view key;
  if (!walk_.decode(raw, work_.key, key)) return false;
  if (key.data() != raw.data()) row = s.find(key);
  return true;
}

// Stores a value that the language knows; rows of such values hold T, std::optional<T> or field<T> itself.
template <class T>
void store(const field_row& row, void* at, T&& value) {
  using held = std::remove_cvref_t<T>;
  switch (row.presence) {
    case presence::required:
      *static_cast<held*>(at) = std::forward<T>(value);
      break;
    case presence::optional:
      *static_cast<std::optional<held>*>(at) = std::forward<T>(value);
      break;
    case presence::field:
      *static_cast<field<held>*>(at) = std::forward<T>(value);
      break;
  }
}

bool table_reader::read_member(const field_row& row, char* object, bool again) {
  void* at = object + row.offset;
  if (walk_.look() == 'n') return read_null(row, at, again);
  switch (row.value->kind) {
    case kind::string: {
      std::string_view text;
      if (!take_text(text)) return false;
      if (row.presence == presence::optional)
        static_cast<std::optional<std::string>*>(at)->emplace(text);
      else
        store(row, at, std::string(text));
      return true;
    }
    case kind::int64: {
      std::int64_t value = 0;
      if (!read_int64(row.wire, value)) return false;
      store(row, at, value);
      return true;
    }
    case kind::float64: {
      double value = 0;
      if (!read_float64(value)) return false;
      store(row, at, value);
      return true;
    }
    case kind::unix_seconds: {
      std::chrono::sys_seconds value;
      if (!read_seconds(value)) return false;
      store(row, at, value);
      return true;
    }
    case kind::boolean: {
      bool value = false;
      if (!read_boolean(value)) return false;
      store(row, at, value);
      return true;
    }
    default:
      break;
  }
  if (row.presence != presence::required) return read(*row.value, row.wire, row.ops->emplace(at));
  if (again) clear(*row.value, at);
  return read(*row.value, row.wire, at);
}

bool table_reader::read_null(const field_row& row, void* at, bool again) {
  if (row.must) return mismatch("a value");
  if (row.presence == presence::field)
    row.ops->set_null(at);
  else if (row.presence == presence::optional)
    row.ops->reset(at);
  else if (row.value->kind == kind::json)
    return read(*row.value, row.wire, at);
  else if (again)
    clear(*row.value, at);
  return walk_.take_literal("null");
}

bool table_reader::read_array(const type& t, wire w, void* out) {
  if (walk_.look() != '[') return mismatch("array");
  const bool outermost = walk_.here().depth <= 1;
  if (!walk_.enter()) return false;
  std::size_t size = 0;
  if (!walk_.take(']')) {
    const char* const first = walk_.place();
    t.container->reserve(out, outermost ? 1 : work_.size_of(t).last);
    do {
      void* element = t.container->append(out);
      const bool null = walk_.look() == 'n' && t.element->kind != kind::json;
      if (!(null ? walk_.take_literal("null") : read(*t.element, w, element))) return in_element(size);
      if (++size == 1 && outermost) t.container->reserve(out, expected_elements(first));
    } while (walk_.take(','));
    if (!walk_.take(']')) return walk_.expected("',' or ']'");
    if (!outermost) work_.size_of(t).last = std::min(size, most_repeated);
  }
  walk_.leave();
  return true;
}

// The outermost array takes up most of the text: if the other elements are as long as the first, which began
// at `first` and has just been read, there will be about this many of them.
std::size_t table_reader::expected_elements(const char* first) const {
  const auto length = static_cast<std::size_t>(walk_.place() - first);
  const std::size_t more = walk_.left() / length;
  return std::min<std::size_t>(1 + more + more / 8, most_expected);
}

bool table_reader::read_map(const type& t, wire w, void* out) {
  if (walk_.look() != '{') return mismatch("object");
  key_places places(*t.container, out);
  return for_each_member([&](std::string_view raw) {
    std::string_view key;
    if (!walk_.decode(raw, work_.key, key)) return false;
    const std::size_t i = places.find(key);
    void* value = nullptr;
    if (i == t.container->size(out)) {
      value = t.container->append_key(out, key);
    } else {
      value = const_cast<void*>(t.container->at(out, i));
      clear(*t.element, value);
    }
    if (walk_.look() == 'n' && t.element->kind != kind::json) return walk_.take_literal("null");
    return read(*t.element, w, value) || in_key(t.container->key(out, i));
  });
}

bool table_reader::find_discriminators(std::span<const alternative> all,
                                       std::vector<std::pair<std::string_view, std::string>>& found) {
  for (const alternative& a : all)
    for (const auto& [name, text] : a.discriminators)
      if (std::none_of(found.begin(), found.end(), [&](const auto& f) { return f.first == name; }))
        found.emplace_back(name, std::string());
  if (found.empty()) return true;
  const token_walk::position start = walk_.here();
  const bool done = for_each_member([&](std::string_view raw) {
    std::string_view key;
    if (!walk_.decode(raw, work_.key, key)) return false;
    const auto wanted =
        std::find_if(found.begin(), found.end(), [&](const auto& f) { return f.first == key; });
    if (wanted == found.end() || walk_.look() != '"') return walk_.skip(work_.value);
    std::string_view text;
    if (!walk_.take_string(work_.value, text)) return false;
    wanted->second.assign(text);
    return true;
  });
  if (done) walk_.go_back(start);
  return done;
}

bool table_reader::read_alternative(const type& t, std::size_t index, const alternative& a, void* out) {
  return read_object(*a.object, static_cast<char*>(t.variant->emplace(out, index)));
}

bool table_reader::read_variant(const type& t, void* out) {
  if (walk_.look() != '{') return mismatch("object");
  const std::span<const alternative> all = t.alternatives();
  std::vector<std::pair<std::string_view, std::string>> found;
  if (!find_discriminators(all, found)) return false;
  const auto holds = [&](const std::pair<std::string_view, std::string_view>& wanted) {
    return std::any_of(found.begin(), found.end(),
                       [&](const auto& f) { return f.first == wanted.first && f.second == wanted.second; });
  };
  for (std::size_t i = 0; i < all.size(); ++i)
    if (const auto& d = all[i].discriminators; !d.empty() && std::all_of(d.begin(), d.end(), holds))
      return read_alternative(t, i, all[i], out);
  const token_walk::position start = walk_.here();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].discriminators.empty()) continue;
    if (read_alternative(t, i, all[i], out)) return true;
    if (fits()) return false;
    complaint_.clear();
    path_.clear();
    walk_.go_back(start);
  }
  return misfit("matches none of the known forms");
}

bool table_reader::read_integer(std::int64_t& out) {
  number value;
  std::string_view text;
  if (!walk_.take_number(value, text)) return false;
  switch (to_int64(value, out)) {
    case conversion::done:
      return true;
    case conversion::out_of_range:
      return misfit("number out of the range of 64-bit integers");
    case conversion::not_integral:
      return misfit("expected integer, found number with a fraction");
  }
  return false;
}

bool table_reader::read_digits(std::int64_t& out) {
  std::string_view text;
  if (!walk_.take_string(work_.value, text)) return false;
  return parse_int64(text, out) || misfit("expected digits of a 64-bit integer, found other text");
}

bool table_reader::read_int64(wire w, std::int64_t& out) {
  if (starts_number()) return read_integer(out);
  if (w == wire::as_text && walk_.look() == '"') return read_digits(out);
  return mismatch("integer");
}

bool table_reader::read_seconds(std::chrono::sys_seconds& out) {
  std::int64_t seconds = 0;
  if (starts_number()) {
    if (!read_integer(seconds)) return false;
  } else if (walk_.look() == '"') {
    if (!read_digits(seconds)) return false;
  } else {
    return mismatch("seconds since 1970");
  }
  out = std::chrono::sys_seconds(std::chrono::seconds(seconds));
  return true;
}

bool table_reader::read_float64(double& out) {
  if (!starts_number()) return mismatch("number");
  number value;
  std::string_view text;
  if (!walk_.take_number(value, text)) return false;
  return to_double(value, text, out) == conversion::done || misfit("number out of range");
}

bool table_reader::read_boolean(bool& out) {
  out = walk_.look() == 't';
  if (!out && walk_.look() != 'f') return mismatch("boolean");
  return walk_.take_literal(out ? "true" : "false");
}

bool table_reader::take_text(std::string_view& text) {
  if (walk_.look() != '"') return mismatch("string");
  return walk_.take_string(work_.value, text);
}

bool table_reader::read_enumeration(const type& t, mux::detail::open_enum_base& out) {
  std::string_view text;
  if (!take_text(text)) return false;
  const std::span<const std::string_view> names = t.names();
  const auto known =
      std::find_if(names.begin(), names.end(), [&](auto name) { return same_text(name, text); });
  if (known != names.end())
    out.assign(static_cast<std::int16_t>(known - names.begin()));
  else
    out.assign_unknown(text);
  return true;
}

bool table_reader::read_data_member(const type& t, void* out) {
  if (walk_.look() != '{') return mismatch("object");
  bool seen = false;
  const bool done = for_each_member([&](std::string_view raw) {
    std::string_view key;
    if (!walk_.decode(raw, work_.key, key)) return false;
    if (key != "data") return walk_.skip(work_.value);
    if (seen) clear(t, out);
    seen = true;
    return read(t, wire::natural, out) || in_member("data");
  });
  if (!done || seen) return done;
  misfit("missing");
  return in_member("data");
}

}  // namespace

bool read_value(token_walk& walk, reading_memory& memory, const type& t, void* out, bool unwrap,
                std::string& complaint) {
  table_reader reader(walk, memory);
  const bool done = unwrap ? reader.read_data_member(t, out) : reader.read(t, wire::natural, out);
  walk = reader.walk();
  if (!reader.fits()) complaint = reader.complaint();
  return done;
}

}  // namespace mux::inline v0::codec
