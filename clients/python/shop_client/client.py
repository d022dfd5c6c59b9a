from datetime import datetime
from typing import Any, Optional, Union

from .add_to_cart import AddToCart
from .admin_dashboard import AdminDashboard
from .base_model import UNSET, UnsetType
from .cart_page import CartPage
from .checkout import Checkout
from .checkout_page import CheckoutPage
from .home import Home
from .input_types import CheckoutInput, RegisterInput, ReviewCreateInput
from .login import Login
from .logout import Logout
from .order_history import OrderHistory
from .product_page import ProductPage
from .refresh import Refresh
from .register import Register
from .remove_from_cart import RemoveFromCart
from .search import Search
from .transport import Transport
from .update_cart_line import UpdateCartLine
from .write_review import WriteReview


def gql(q: str) -> str:
    return q


class ShopClient(Transport):
    async def add_to_cart(
        self, sku: str, quantity: Union[Optional[int], UnsetType] = UNSET, **kwargs: Any
    ) -> AddToCart:
        query = gql("""
            mutation AddToCart($sku: String!, $quantity: Int = 1) {
              cartLineAdd(sku: $sku, quantity: $quantity) {
                __typename
                ... on CartLineAddSuccess {
                  cart {
                    id
                    token
                    version
                    itemCount
                    subtotal {
                      amount
                      currency
                    }
                    lines {
                      id
                      quantity
                      variant {
                        sku
                      }
                    }
                  }
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"sku": sku, "quantity": quantity}
        response = await self.execute(
            query=query, operation_name="AddToCart", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return AddToCart.model_validate(data)

    async def admin_dashboard(
        self,
        from_: datetime,
        to: datetime,
        first: Union[Optional[int], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> AdminDashboard:
        query = gql("""
            query AdminDashboard($from: DateTime!, $to: DateTime!, $first: Int = 10) {
              lowStock(first: $first) {
                edges {
                  node {
                    available
                    variant {
                      sku
                      name
                      product {
                        id
                        name
                      }
                    }
                    warehouse {
                      id
                      name
                    }
                  }
                }
              }
              orders(first: $first) {
                edges {
                  node {
                    id
                    number
                    status
                    createdAt
                    total {
                      amount
                      currency
                    }
                    chargeStatus
                    customer {
                      id
                      displayName
                    }
                  }
                }
              }
              revenue(from: $from, to: $to) {
                total {
                  amount
                  currency
                }
                orderCount
              }
              reviewsToModerate(first: $first) {
                edges {
                  node {
                    id
                    rating
                    title
                    body
                    author {
                      id
                      displayName
                    }
                    item {
                      __typename
                      id
                      name
                    }
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {"from": from_, "to": to, "first": first}
        response = await self.execute(
            query=query, operation_name="AdminDashboard", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return AdminDashboard.model_validate(data)

    async def cart_page(self, **kwargs: Any) -> CartPage:
        query = gql("""
            query CartPage {
              cart {
                id
                token
                version
                itemCount
                subtotal {
                  amount
                  currency
                }
                lines {
                  id
                  quantity
                  priceSnapshot {
                    amount
                    currency
                  }
                  lineTotal {
                    amount
                    currency
                  }
                  variant {
                    sku
                    name
                    basePrice {
                      amount
                      currency
                    }
                    availability {
                      status
                      availableQuantity
                    }
                    product {
                      id
                      slug
                      name
                    }
                  }
                }
                problems {
                  __typename
                  message
                  sku
                }
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="CartPage", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CartPage.model_validate(data)

    async def checkout(
        self, input: CheckoutInput, idempotency_key: str, **kwargs: Any
    ) -> Checkout:
        query = gql("""
            mutation Checkout($input: CheckoutInput!, $idempotencyKey: String!) {
              checkout(input: $input, idempotencyKey: $idempotencyKey) {
                __typename
                ... on CheckoutSuccess {
                  order {
                    id
                    number
                    status
                    token
                    total {
                      amount
                      currency
                    }
                    lines {
                      id
                      sku
                      name
                      quantity
                      lineTotal {
                        amount
                        currency
                      }
                    }
                    chargeStatus
                    balanceDue {
                      amount
                      currency
                    }
                    payments {
                      id
                      status
                    }
                  }
                  paymentAction {
                    paymentId
                    url
                  }
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {
            "input": input,
            "idempotencyKey": idempotency_key,
        }
        response = await self.execute(
            query=query, operation_name="Checkout", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Checkout.model_validate(data)

    async def checkout_page(self, **kwargs: Any) -> CheckoutPage:
        query = gql("""
            query CheckoutPage {
              me {
                id
                email
                firstName
                lastName
                phone
                addresses {
                  id
                  line1
                  line2
                  city
                  region
                  postalCode
                  country
                  isDefault
                }
                paymentMethods {
                  __typename
                  ... on CardPaymentMethod {
                    id
                    brand
                    last4
                  }
                }
              }
              cart {
                id
                token
                version
                itemCount
                subtotal {
                  amount
                  currency
                }
                lines {
                  id
                  quantity
                  lineTotal {
                    amount
                    currency
                  }
                  variant {
                    sku
                    name
                    availability {
                      status
                      availableQuantity
                    }
                    product {
                      id
                      name
                    }
                  }
                }
                problems {
                  __typename
                  message
                  sku
                }
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="CheckoutPage", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CheckoutPage.model_validate(data)

    async def home(
        self, first: Union[Optional[int], UnsetType] = UNSET, **kwargs: Any
    ) -> Home:
        query = gql("""
            query Home($first: Int = 12) {
              me {
                id
                displayName
              }
              cart {
                id
                itemCount
              }
              categories {
                id
                slug
                name
                children {
                  id
                  slug
                  name
                }
              }
              products(first: $first) {
                edges {
                  node {
                    id
                    slug
                    name
                    inStock
                    rating {
                      average
                      count
                    }
                    variants {
                      sku
                      basePrice {
                        amount
                        currency
                      }
                    }
                  }
                }
                pageInfo {
                  hasNextPage
                  endCursor
                }
              }
            }
            """)
        variables: dict[str, object] = {"first": first}
        response = await self.execute(
            query=query, operation_name="Home", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Home.model_validate(data)

    async def login(self, email: str, password: str, **kwargs: Any) -> Login:
        query = gql("""
            mutation Login($email: String!, $password: String!) {
              login(email: $email, password: $password) {
                __typename
                ... on LoginSuccess {
                  tokens {
                    accessToken
                    accessTokenExpiresAt
                    refreshToken
                  }
                  user {
                    id
                    displayName
                  }
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"email": email, "password": password}
        response = await self.execute(
            query=query, operation_name="Login", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Login.model_validate(data)

    async def logout(
        self, everywhere: Union[Optional[bool], UnsetType] = UNSET, **kwargs: Any
    ) -> Logout:
        query = gql("""
            mutation Logout($everywhere: Boolean = false) {
              logout(everywhere: $everywhere) {
                __typename
                ... on LogoutSuccess {
                  sessionsEnded
                }
              }
            }
            """)
        variables: dict[str, object] = {"everywhere": everywhere}
        response = await self.execute(
            query=query, operation_name="Logout", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Logout.model_validate(data)

    async def order_history(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> OrderHistory:
        query = gql("""
            query OrderHistory($first: Int = 20, $after: String) {
              me {
                id
                displayName
                cart {
                  id
                  itemCount
                }
                orders(first: $first, after: $after) {
                  edges {
                    node {
                      id
                      number
                      status
                      createdAt
                      total {
                        amount
                        currency
                      }
                      chargeStatus
                      balanceDue {
                        amount
                        currency
                      }
                      payments {
                        id
                        status
                        amount {
                          amount
                          currency
                        }
                      }
                      events {
                        __typename
                        sequence
                        occurredAt
                        message
                      }
                      lines {
                        id
                        sku
                        name
                        quantity
                        unitPrice {
                          amount
                          currency
                        }
                        lineTotal {
                          amount
                          currency
                        }
                        variant {
                          sku
                          availability {
                            status
                          }
                          product {
                            id
                            slug
                            name
                            rating {
                              average
                              count
                            }
                          }
                        }
                      }
                    }
                  }
                  pageInfo {
                    hasNextPage
                    endCursor
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {"first": first, "after": after}
        response = await self.execute(
            query=query, operation_name="OrderHistory", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return OrderHistory.model_validate(data)

    async def product_page(
        self, slug: str, reviews: Union[Optional[int], UnsetType] = UNSET, **kwargs: Any
    ) -> ProductPage:
        query = gql("""
            query ProductPage($slug: String!, $reviews: Int = 5) {
              product(slug: $slug) {
                id
                slug
                name
                description
                inStock
                stockQuantity
                category {
                  id
                  slug
                  name
                }
                variants {
                  id
                  sku
                  name
                  attributes
                  weightGrams
                  basePrice {
                    amount
                    currency
                  }
                  availability {
                    status
                    availableQuantity
                  }
                }
                rating {
                  average
                  count
                  histogram {
                    stars
                    count
                  }
                }
                reviews(first: $reviews) {
                  edges {
                    node {
                      id
                      rating
                      title
                      body
                      verifiedPurchase
                      helpfulCount
                      createdAt
                      author {
                        id
                        displayName
                      }
                    }
                  }
                  pageInfo {
                    hasNextPage
                    endCursor
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {"slug": slug, "reviews": reviews}
        response = await self.execute(
            query=query, operation_name="ProductPage", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ProductPage.model_validate(data)

    async def refresh(self, refresh_token: str, **kwargs: Any) -> Refresh:
        query = gql("""
            mutation Refresh($refreshToken: String!) {
              refresh(refreshToken: $refreshToken) {
                __typename
                ... on RefreshSuccess {
                  tokens {
                    accessToken
                    accessTokenExpiresAt
                    refreshToken
                  }
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"refreshToken": refresh_token}
        response = await self.execute(
            query=query, operation_name="Refresh", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Refresh.model_validate(data)

    async def register(self, input: RegisterInput, **kwargs: Any) -> Register:
        query = gql("""
            mutation Register($input: RegisterInput!) {
              registration: register(input: $input) {
                __typename
                ... on RegisterSuccess {
                  tokens {
                    accessToken
                    accessTokenExpiresAt
                    refreshToken
                  }
                  user {
                    id
                    displayName
                  }
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query, operation_name="Register", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Register.model_validate(data)

    async def remove_from_cart(self, line_id: str, **kwargs: Any) -> RemoveFromCart:
        query = gql("""
            mutation RemoveFromCart($lineId: ID!) {
              cartLineRemove(lineId: $lineId) {
                __typename
                ... on CartLineRemoveSuccess {
                  cart {
                    id
                    version
                    itemCount
                    subtotal {
                      amount
                      currency
                    }
                  }
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"lineId": line_id}
        response = await self.execute(
            query=query, operation_name="RemoveFromCart", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return RemoveFromCart.model_validate(data)

    async def search(
        self,
        text: str,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Search:
        query = gql("""
            query Search($text: String!, $first: Int = 20, $after: String) {
              products(first: $first, after: $after, filter: {text: $text}) {
                edges {
                  node {
                    id
                    slug
                    name
                    description
                    inStock
                    stockQuantity
                    category {
                      id
                      slug
                      name
                    }
                    rating {
                      average
                      count
                    }
                    variants {
                      sku
                      basePrice {
                        amount
                        currency
                      }
                      availability {
                        status
                      }
                    }
                  }
                }
                pageInfo {
                  hasNextPage
                  endCursor
                }
              }
            }
            """)
        variables: dict[str, object] = {"text": text, "first": first, "after": after}
        response = await self.execute(
            query=query, operation_name="Search", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Search.model_validate(data)

    async def update_cart_line(
        self, line_id: str, quantity: int, **kwargs: Any
    ) -> UpdateCartLine:
        query = gql("""
            mutation UpdateCartLine($lineId: ID!, $quantity: Int!) {
              cartLineUpdate(lineId: $lineId, quantity: $quantity) {
                __typename
                ... on CartLineUpdateSuccess {
                  cart {
                    id
                    version
                    itemCount
                    subtotal {
                      amount
                      currency
                    }
                  }
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"lineId": line_id, "quantity": quantity}
        response = await self.execute(
            query=query, operation_name="UpdateCartLine", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return UpdateCartLine.model_validate(data)

    async def write_review(
        self, input: ReviewCreateInput, **kwargs: Any
    ) -> WriteReview:
        query = gql("""
            mutation WriteReview($input: ReviewCreateInput!) {
              reviewCreate(input: $input) {
                __typename
                ... on ReviewCreateSuccess {
                  review {
                    id
                    rating
                    status
                  }
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query, operation_name="WriteReview", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return WriteReview.model_validate(data)
