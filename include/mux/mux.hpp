#pragma once

// Everything of the client library.
#include <mux/client.hpp>
#include <mux/error.hpp>
#include <mux/field.hpp>
#include <mux/json.hpp>
#include <mux/open_enum.hpp>
#include <mux/options.hpp>
#include <mux/version.hpp>
