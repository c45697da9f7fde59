#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "codec/codec.hpp"
#include "unit/api/random_value.hpp"
#include "unit/api/registry.hpp"

namespace mux::test {
namespace {

// Another run of the same values: MUX_TEST_SEED=… as printed.
std::uint64_t seed() {
  const char* given = std::getenv("MUX_TEST_SEED");
  const std::uint64_t value = given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << "MUX_TEST_SEED=" << value << '\n';
  return value;
}

TEST(Schemas, ThereIsOneForEveryTypeOfTheDescription) {
  std::set<std::string_view> names;
  std::size_t objects = 0;
  for (const registered_schema& schema : registered_schemas()) {
    EXPECT_TRUE(names.insert(schema.name).second) << schema.name;
    if (schema.type->kind == codec::kind::object) ++objects;
  }
  EXPECT_GE(objects, 350u);  // the 359 schemas of the description, less its enums, lists and choices
  for (const char* name :
       {"asset", "asset_create_params", "upload", "live_stream", "workflow_binding_moderate_binding",
        "utility_whoami_response", "webhook", "asset_list_params", "page<asset>"})
    EXPECT_TRUE(names.contains(name)) << name;
}

TEST(Schemas, NoTwoMembersOfAnObjectShareANameOrAPlace) {
  for (const registered_schema& schema : registered_schemas()) {
    std::set<std::string_view> names;
    std::set<std::uint32_t> places;
    for (const codec::field_row& row : schema.type->object().fields) {
      EXPECT_TRUE(names.insert(row.name).second) << schema.name << '.' << row.name;
      EXPECT_TRUE(places.insert(row.offset).second) << schema.name << '.' << row.name;
    }
  }
}

TEST(Schemas, EveryOneWritesWhatItReadsBack) {
  random_value values(seed());
  for (int round = 0; round < 8; ++round) {
    for (const registered_schema& schema : registered_schemas()) {
      SCOPED_TRACE(schema.name);
      void* const first = schema.create();
      void* const second = schema.create();
      values.fill(*schema.type, first);
      std::string written;
      codec::write(*schema.type, first, written);
      const result<void> read = codec::read(written, *schema.type, second);
      EXPECT_TRUE(read) << (read ? "" : read.error().message()) << '\n' << written;
      std::string again;
      codec::write(*schema.type, second, again);
      EXPECT_EQ(written, again);
      schema.destroy(first);
      schema.destroy(second);
    }
  }
}

TEST(Schemas, EveryDefaultResponseCanBeReadBack) {
  for (const registered_schema& schema : registered_schemas()) {
    SCOPED_TRACE(schema.name);
    void* const value = schema.create();
    std::string written;
    codec::write(*schema.type, value, written);
    EXPECT_TRUE(codec::read(written, *schema.type, value)) << written;
    schema.destroy(value);
  }
}

}  // namespace
}  // namespace mux::test
