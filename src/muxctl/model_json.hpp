#pragma once

#include <string>

#include <mux/json.hpp>

#include "muxctl/escape.hpp"

namespace mux::inline v0::muxctl {

/// A model as one line of JSON that is safe to show on a terminal.
template <class Model>
std::string json_line_of(const Model& model) {
  return escape_json_controls(to_json(model)) += '\n';
}

}  // namespace mux::inline v0::muxctl
