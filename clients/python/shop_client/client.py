from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Optional, Union

from .add_address import AddAddress
from .add_to_cart import AddToCart
from .add_to_wishlist import AddToWishlist
from .adjust_stock import AdjustStock
from .admin_dashboard import AdminDashboard
from .announce_image import AnnounceImage
from .arrange_images import ArrangeImages
from .attach_image import AttachImage
from .base_model import UNSET, UnsetType
from .bundle_page import BundlePage
from .bundles import Bundles
from .cancel_order import CancelOrder
from .cart_page import CartPage
from .catalogue_admin import CatalogueAdmin
from .category_page import CategoryPage
from .change_password import ChangePassword
from .checkout import Checkout
from .checkout_page import CheckoutPage
from .choose_address import ChooseAddress
from .choose_payment_method import ChoosePaymentMethod
from .claim_order import ClaimOrder
from .clear_cart import ClearCart
from .confirm_payment import ConfirmPayment
from .create_bundle import CreateBundle
from .create_category import CreateCategory
from .create_product import CreateProduct
from .create_product_type import CreateProductType
from .create_warehouse import CreateWarehouse
from .decline_return import DeclineReturn
from .delete_account import DeleteAccount
from .delete_bundle import DeleteBundle
from .delete_category import DeleteCategory
from .delete_product import DeleteProduct
from .delete_product_type import DeleteProductType
from .deliver_order import DeliverOrder
from .describe_image import DescribeImage
from .end_session import EndSession
from .enums import ProductSort
from .guest_order import GuestOrder
from .home import Home
from .input_types import (
    AddressInput,
    BundleCreateInput,
    BundleUpdateInput,
    CategoryCreateInput,
    CategoryUpdateInput,
    CheckoutInput,
    ImageAttachInput,
    ImagesArrangeInput,
    ImageUpdateInput,
    ImageUploadCreateInput,
    MoneyInput,
    OrderFilter,
    OrderInspectionInput,
    OrderPiecesInput,
    PaymentMethodSaveInput,
    ProductCreateInput,
    ProductFilter,
    ProductTypeCreateInput,
    ProductTypeUpdateInput,
    ProductUpdateInput,
    ProfileInput,
    RegisterInput,
    ReviewCreateInput,
    ReviewModerateInput,
    ReviewUpdateInput,
    StockAdjustInput,
    StockLevelFilter,
    StockSetInput,
    StockThresholdSetInput,
    WarehouseInput,
)
from .login import Login
from .logout import Logout
from .merge_cart import MergeCart
from .moderate_review import ModerateReview
from .move_category import MoveCategory
from .my_reviews import MyReviews
from .order_history import OrderHistory
from .order_page import OrderPage
from .orders_admin import OrdersAdmin
from .payment_page import PaymentPage
from .people import People
from .person import Person
from .product_page import ProductPage
from .profile import Profile
from .receive_return import ReceiveReturn
from .refresh import Refresh
from .refund_payment import RefundPayment
from .register import Register
from .remove_address import RemoveAddress
from .remove_from_cart import RemoveFromCart
from .remove_from_wishlist import RemoveFromWishlist
from .remove_image import RemoveImage
from .remove_payment_method import RemovePaymentMethod
from .remove_review import RemoveReview
from .request_password_reset import RequestPasswordReset
from .request_return import RequestReturn
from .request_verification import RequestVerification
from .reset_password import ResetPassword
from .review_page import ReviewPage
from .reviews_to_moderate import ReviewsToModerate
from .save_payment_method import SavePaymentMethod
from .search import Search
from .set_roles import SetRoles
from .set_stock import SetStock
from .set_stock_threshold import SetStockThreshold
from .share_wishlist import ShareWishlist
from .shared_wishlist import SharedWishlist
from .ship_order import ShipOrder
from .stock_admin import StockAdmin
from .stock_history import StockHistory
from .stock_reservation import StockReservation
from .token_status import TokenStatus
from .transport import Transport
from .unshare_wishlist import UnshareWishlist
from .update_address import UpdateAddress
from .update_bundle import UpdateBundle
from .update_cart_line import UpdateCartLine
from .update_category import UpdateCategory
from .update_product import UpdateProduct
from .update_product_type import UpdateProductType
from .update_profile import UpdateProfile
from .update_review import UpdateReview
from .update_warehouse import UpdateWarehouse
from .variant_page import VariantPage
from .verify_email import VerifyEmail
from .vote_review import VoteReview
from .watch_availability import WatchAvailability
from .watch_cart import WatchCart
from .watch_order import WatchOrder
from .wishlist_page import WishlistPage
from .write_review import WriteReview


def gql(q: str) -> str:
    return q


class ShopClient(Transport):
    async def add_address(
        self,
        input: AddressInput,
        make_default: Union[Optional[bool], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> AddAddress:
        query = gql("""
            mutation AddAddress($input: AddressInput!, $makeDefault: Boolean = false) {
              addressAdd(input: $input, makeDefault: $makeDefault) {
                __typename
                ... on AddressAddSuccess {
                  address {
                    id
                    name
                    line1
                    line2
                    city
                    region
                    postalCode
                    country
                    phone
                    isDefault
                  }
                }
                ... on TooManyAddresses {
                  limit
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"input": input, "makeDefault": make_default}
        response = await self.execute(
            query=query, operation_name="AddAddress", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return AddAddress.model_validate(data)

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

    async def add_to_wishlist(
        self, item_id: str, sku: Union[Optional[str], UnsetType] = UNSET, **kwargs: Any
    ) -> AddToWishlist:
        query = gql("""
            mutation AddToWishlist($itemId: ID!, $sku: String) {
              wishlistAdd(itemId: $itemId, sku: $sku) {
                __typename
                ... on WishlistAddSuccess {
                  wishlist {
                    shareToken
                    items {
                      id
                      addedAt
                      item {
                        __typename
                        id
                        slug
                        name
                      }
                      variant {
                        sku
                        name
                        basePrice {
                          amount
                          currency
                        }
                        isAvailable
                      }
                    }
                  }
                }
                ... on TooManyWishes {
                  limit
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"itemId": item_id, "sku": sku}
        response = await self.execute(
            query=query, operation_name="AddToWishlist", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return AddToWishlist.model_validate(data)

    async def adjust_stock(
        self, input: StockAdjustInput, idempotency_key: str, **kwargs: Any
    ) -> AdjustStock:
        query = gql("""
            mutation AdjustStock($input: StockAdjustInput!, $idempotencyKey: String!) {
              stockAdjust(input: $input, idempotencyKey: $idempotencyKey) {
                __typename
                ... on StockAdjustSuccess {
                  stockLevel {
                    sku
                    onHand
                    held
                    committed
                    available
                    lowStockThreshold
                    updatedAt
                    warehouse {
                      id
                      name
                    }
                  }
                }
                ... on StockPromised {
                  promised
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
            query=query, operation_name="AdjustStock", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return AdjustStock.model_validate(data)

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

    async def announce_image(
        self, input: ImageUploadCreateInput, **kwargs: Any
    ) -> AnnounceImage:
        query = gql("""
            mutation AnnounceImage($input: ImageUploadCreateInput!) {
              imageUploadCreate(input: $input) {
                __typename
                ... on ImageUploadCreateSuccess {
                  upload {
                    id
                    url
                    method
                    headers {
                      name
                      value
                    }
                    expiresAt
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
            query=query, operation_name="AnnounceImage", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return AnnounceImage.model_validate(data)

    async def arrange_images(
        self, input: ImagesArrangeInput, **kwargs: Any
    ) -> ArrangeImages:
        query = gql("""
            mutation ArrangeImages($input: ImagesArrangeInput!) {
              imagesArrange(input: $input) {
                __typename
                ... on ImagesArrangeSuccess {
                  product {
                    id
                    slug
                    name
                    description
                    brand
                    status
                    isAvailable
                    version
                    attributes
                    category {
                      id
                      slug
                      name
                    }
                    type {
                      id
                      name
                    }
                    variants {
                      id
                      sku
                      name
                      basePrice {
                        amount
                        currency
                      }
                      attributes
                      weightGrams
                      dimensions {
                        lengthMm
                        widthMm
                        heightMm
                      }
                      isAvailable
                    }
                    images {
                      id
                      url
                      alt
                      width
                      height
                      variants {
                        url
                        width
                        height
                        bytes
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
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query, operation_name="ArrangeImages", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ArrangeImages.model_validate(data)

    async def attach_image(self, input: ImageAttachInput, **kwargs: Any) -> AttachImage:
        query = gql("""
            mutation AttachImage($input: ImageAttachInput!) {
              imageAttach(input: $input) {
                __typename
                ... on ImageAttachSuccess {
                  image {
                    id
                    url
                    alt
                    width
                    height
                    variants {
                      url
                      width
                      height
                      bytes
                    }
                  }
                  product {
                    id
                    slug
                    name
                    description
                    brand
                    status
                    isAvailable
                    version
                    attributes
                    category {
                      id
                      slug
                      name
                    }
                    type {
                      id
                      name
                    }
                    variants {
                      id
                      sku
                      name
                      basePrice {
                        amount
                        currency
                      }
                      attributes
                      weightGrams
                      dimensions {
                        lengthMm
                        widthMm
                        heightMm
                      }
                      isAvailable
                    }
                    images {
                      id
                      url
                      alt
                      width
                      height
                      variants {
                        url
                        width
                        height
                        bytes
                      }
                    }
                  }
                }
                ... on TooManyImages {
                  limit
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
            query=query, operation_name="AttachImage", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return AttachImage.model_validate(data)

    async def bundle_page(
        self, id: str, first: Union[Optional[int], UnsetType] = UNSET, **kwargs: Any
    ) -> BundlePage:
        query = gql("""
            query BundlePage($id: ID!, $first: Int = 5) {
              bundle(id: $id) {
                id
                slug
                name
                description
                version
                basePrice {
                  amount
                  currency
                }
                items {
                  sku
                  quantity
                  variant {
                    sku
                    name
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
                reviews(first: $first) {
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
        variables: dict[str, object] = {"id": id, "first": first}
        response = await self.execute(
            query=query, operation_name="BundlePage", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return BundlePage.model_validate(data)

    async def bundles(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Bundles:
        query = gql("""
            query Bundles($first: Int = 20, $after: String) {
              bundles(first: $first, after: $after) {
                edges {
                  node {
                    id
                    slug
                    name
                    basePrice {
                      amount
                      currency
                    }
                    rating {
                      average
                      count
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
        variables: dict[str, object] = {"first": first, "after": after}
        response = await self.execute(
            query=query, operation_name="Bundles", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Bundles.model_validate(data)

    async def cancel_order(
        self,
        order_id: str,
        reason: Union[Optional[str], UnsetType] = UNSET,
        token: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> CancelOrder:
        query = gql("""
            mutation CancelOrder($orderId: ID!, $reason: String, $token: String) {
              orderCancel(orderId: $orderId, reason: $reason, token: $token) {
                __typename
                ... on OrderCancelSuccess {
                  order {
                    id
                    number
                    status
                    chargeStatus
                    total {
                      amount
                      currency
                    }
                    refunded {
                      amount
                      currency
                    }
                  }
                }
                ... on OrderNotPossible {
                  status
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
            "orderId": order_id,
            "reason": reason,
            "token": token,
        }
        response = await self.execute(
            query=query, operation_name="CancelOrder", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CancelOrder.model_validate(data)

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

    async def catalogue_admin(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        filter_: Union[Optional[ProductFilter], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> CatalogueAdmin:
        query = gql("""
            query CatalogueAdmin($first: Int = 20, $after: String, $filter: ProductFilter) {
              products(first: $first, after: $after, filter: $filter) {
                totalCount
                edges {
                  node {
                    id
                    slug
                    name
                    description
                    brand
                    status
                    isAvailable
                    version
                    attributes
                    category {
                      id
                      slug
                      name
                    }
                    type {
                      id
                      name
                    }
                    variants {
                      id
                      sku
                      name
                      basePrice {
                        amount
                        currency
                      }
                      attributes
                      weightGrams
                      dimensions {
                        lengthMm
                        widthMm
                        heightMm
                      }
                      isAvailable
                    }
                    images {
                      id
                      url
                      alt
                      width
                      height
                      variants {
                        url
                        width
                        height
                        bytes
                      }
                    }
                    deletedAt
                  }
                }
                pageInfo {
                  hasNextPage
                  endCursor
                }
              }
              productTypes {
                id
                name
                version
                attributes {
                  name
                  kind
                  required
                  ofVariant
                  choices
                  unit
                }
              }
              categories {
                id
                slug
                name
                description
                version
                parent {
                  id
                  slug
                }
                children {
                  id
                  slug
                  name
                  description
                  version
                  parent {
                    id
                    slug
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {
            "first": first,
            "after": after,
            "filter": filter_,
        }
        response = await self.execute(
            query=query, operation_name="CatalogueAdmin", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CatalogueAdmin.model_validate(data)

    async def category_page(
        self,
        slug: str,
        filter_: Union[Optional[ProductFilter], UnsetType] = UNSET,
        sort: Union[Optional[ProductSort], UnsetType] = UNSET,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> CategoryPage:
        query = gql("""
            query CategoryPage($slug: String!, $filter: ProductFilter, $sort: ProductSort, $first: Int = 20, $after: String) {
              category(slug: $slug) {
                id
                slug
                name
                description
                parent {
                  id
                  slug
                  name
                }
                children {
                  id
                  slug
                  name
                }
              }
              products(filter: $filter, sort: $sort, first: $first, after: $after) {
                totalCount
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
                    images {
                      id
                      url
                      alt
                      width
                      height
                      variants {
                        url
                        width
                        height
                        bytes
                      }
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
        variables: dict[str, object] = {
            "slug": slug,
            "filter": filter_,
            "sort": sort,
            "first": first,
            "after": after,
        }
        response = await self.execute(
            query=query, operation_name="CategoryPage", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CategoryPage.model_validate(data)

    async def change_password(
        self, current_password: str, new_password: str, **kwargs: Any
    ) -> ChangePassword:
        query = gql("""
            mutation ChangePassword($currentPassword: String!, $newPassword: String!) {
              changePassword(currentPassword: $currentPassword, newPassword: $newPassword) {
                __typename
                ... on ChangePasswordSuccess {
                  sessionsEnded
                }
                ... on TooManyAttempts {
                  retryAfterSeconds
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
            "currentPassword": current_password,
            "newPassword": new_password,
        }
        response = await self.execute(
            query=query, operation_name="ChangePassword", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ChangePassword.model_validate(data)

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
                ... on CheckoutBusy {
                  retryAfterSeconds
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

    async def choose_address(self, id: str, **kwargs: Any) -> ChooseAddress:
        query = gql("""
            mutation ChooseAddress($id: ID!) {
              addressMakeDefault(id: $id) {
                __typename
                ... on AddressMakeDefaultSuccess {
                  address {
                    id
                    name
                    line1
                    line2
                    city
                    region
                    postalCode
                    country
                    phone
                    isDefault
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
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=query, operation_name="ChooseAddress", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ChooseAddress.model_validate(data)

    async def choose_payment_method(
        self, id: str, **kwargs: Any
    ) -> ChoosePaymentMethod:
        query = gql("""
            mutation ChoosePaymentMethod($id: ID!) {
              paymentMethodMakeDefault(id: $id) {
                __typename
                ... on PaymentMethodMakeDefaultSuccess {
                  paymentMethod {
                    __typename
                    ... on CardPaymentMethod {
                      id
                      brand
                      last4
                      expMonth
                      expYear
                      isDefault
                    }
                    ... on WalletPaymentMethod {
                      account
                      brand
                      id
                      isDefault
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
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=query,
            operation_name="ChoosePaymentMethod",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ChoosePaymentMethod.model_validate(data)

    async def claim_order(self, token: str, **kwargs: Any) -> ClaimOrder:
        query = gql("""
            mutation ClaimOrder($token: String!) {
              orderClaim(token: $token) {
                __typename
                ... on OrderClaimSuccess {
                  order {
                    id
                    number
                    status
                    chargeStatus
                    total {
                      amount
                      currency
                    }
                    refunded {
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
        variables: dict[str, object] = {"token": token}
        response = await self.execute(
            query=query, operation_name="ClaimOrder", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ClaimOrder.model_validate(data)

    async def clear_cart(
        self, cart_version: Union[Optional[int], UnsetType] = UNSET, **kwargs: Any
    ) -> ClearCart:
        query = gql("""
            mutation ClearCart($cartVersion: Int) {
              cartClear(cartVersion: $cartVersion) {
                __typename
                ... on CartClearSuccess {
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
                      }
                    }
                  }
                }
                ... on CartChanged {
                  cartVersion
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"cartVersion": cart_version}
        response = await self.execute(
            query=query, operation_name="ClearCart", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ClearCart.model_validate(data)

    async def confirm_payment(
        self,
        payment_id: str,
        code: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ConfirmPayment:
        query = gql("""
            mutation ConfirmPayment($paymentId: ID!, $code: String) {
              paymentConfirm(paymentId: $paymentId, code: $code) {
                __typename
                ... on PaymentConfirmSuccess {
                  payment {
                    id
                    status
                    amount {
                      amount
                      currency
                    }
                    authorized {
                      amount
                      currency
                    }
                    captured {
                      amount
                      currency
                    }
                    refunded {
                      amount
                      currency
                    }
                    actionUrl
                    declineCode
                    createdAt
                  }
                }
                ... on PaymentNotPossible {
                  reason
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"paymentId": payment_id, "code": code}
        response = await self.execute(
            query=query, operation_name="ConfirmPayment", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ConfirmPayment.model_validate(data)

    async def create_bundle(
        self, input: BundleCreateInput, **kwargs: Any
    ) -> CreateBundle:
        query = gql("""
            mutation CreateBundle($input: BundleCreateInput!) {
              bundleCreate(input: $input) {
                __typename
                ... on BundleSuccess {
                  bundle {
                    id
                    slug
                    name
                    description
                    version
                    basePrice {
                      amount
                      currency
                    }
                    items {
                      sku
                      quantity
                      variant {
                        sku
                        name
                      }
                    }
                  }
                }
                ... on NameTaken {
                  slug
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
            query=query, operation_name="CreateBundle", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CreateBundle.model_validate(data)

    async def create_category(
        self, input: CategoryCreateInput, **kwargs: Any
    ) -> CreateCategory:
        query = gql("""
            mutation CreateCategory($input: CategoryCreateInput!) {
              categoryCreate(input: $input) {
                __typename
                ... on CategorySuccess {
                  category {
                    id
                    slug
                    name
                    description
                    version
                    parent {
                      id
                      slug
                    }
                  }
                }
                ... on NameTaken {
                  slug
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
            query=query, operation_name="CreateCategory", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CreateCategory.model_validate(data)

    async def create_product(
        self, input: ProductCreateInput, **kwargs: Any
    ) -> CreateProduct:
        query = gql("""
            mutation CreateProduct($input: ProductCreateInput!) {
              productCreate(input: $input) {
                __typename
                ... on ProductCreateSuccess {
                  product {
                    id
                    slug
                    name
                    description
                    brand
                    status
                    isAvailable
                    version
                    attributes
                    category {
                      id
                      slug
                      name
                    }
                    type {
                      id
                      name
                    }
                    variants {
                      id
                      sku
                      name
                      basePrice {
                        amount
                        currency
                      }
                      attributes
                      weightGrams
                      dimensions {
                        lengthMm
                        widthMm
                        heightMm
                      }
                      isAvailable
                    }
                    images {
                      id
                      url
                      alt
                      width
                      height
                      variants {
                        url
                        width
                        height
                        bytes
                      }
                    }
                  }
                }
                ... on AttributeInvalid {
                  attribute
                }
                ... on SkuTaken {
                  sku
                }
                ... on SlugTaken {
                  slug
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
            query=query, operation_name="CreateProduct", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CreateProduct.model_validate(data)

    async def create_product_type(
        self, input: ProductTypeCreateInput, **kwargs: Any
    ) -> CreateProductType:
        query = gql("""
            mutation CreateProductType($input: ProductTypeCreateInput!) {
              productTypeCreate(input: $input) {
                __typename
                ... on ProductTypeSuccess {
                  productType {
                    id
                    name
                    version
                    attributes {
                      name
                      kind
                      required
                      ofVariant
                      choices
                      unit
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
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query,
            operation_name="CreateProductType",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return CreateProductType.model_validate(data)

    async def create_warehouse(
        self, input: WarehouseInput, **kwargs: Any
    ) -> CreateWarehouse:
        query = gql("""
            mutation CreateWarehouse($input: WarehouseInput!) {
              warehouseCreate(input: $input) {
                __typename
                ... on WarehouseCreateSuccess {
                  warehouse {
                    id
                    name
                    priority
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
            query=query, operation_name="CreateWarehouse", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CreateWarehouse.model_validate(data)

    async def decline_return(
        self, reason: str, return_id: str, **kwargs: Any
    ) -> DeclineReturn:
        query = gql("""
            mutation DeclineReturn($reason: String!, $returnId: ID!) {
              orderReturnDecline(reason: $reason, returnId: $returnId) {
                __typename
                ... on OrderReturnDeclineSuccess {
                  order {
                    id
                    number
                    status
                    chargeStatus
                    total {
                      amount
                      currency
                    }
                    refunded {
                      amount
                      currency
                    }
                  }
                }
                ... on OrderNotPossible {
                  status
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"reason": reason, "returnId": return_id}
        response = await self.execute(
            query=query, operation_name="DeclineReturn", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return DeclineReturn.model_validate(data)

    async def delete_account(
        self, password: Union[Optional[str], UnsetType] = UNSET, **kwargs: Any
    ) -> DeleteAccount:
        query = gql("""
            mutation DeleteAccount($password: String) {
              deleteAccount(password: $password) {
                __typename
                ... on DeleteAccountSuccess {
                  id
                }
                ... on TooManyAttempts {
                  retryAfterSeconds
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"password": password}
        response = await self.execute(
            query=query, operation_name="DeleteAccount", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return DeleteAccount.model_validate(data)

    async def delete_bundle(self, id: str, version: int, **kwargs: Any) -> DeleteBundle:
        query = gql("""
            mutation DeleteBundle($id: ID!, $version: Int!) {
              bundleDelete(id: $id, version: $version) {
                __typename
                ... on BundleSuccess {
                  bundle {
                    id
                    slug
                    name
                    description
                    version
                    basePrice {
                      amount
                      currency
                    }
                    items {
                      sku
                      quantity
                      variant {
                        sku
                        name
                      }
                    }
                  }
                }
                ... on VersionChanged {
                  currentVersion
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id, "version": version}
        response = await self.execute(
            query=query, operation_name="DeleteBundle", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return DeleteBundle.model_validate(data)

    async def delete_category(
        self, id: str, version: int, **kwargs: Any
    ) -> DeleteCategory:
        query = gql("""
            mutation DeleteCategory($id: ID!, $version: Int!) {
              categoryDelete(id: $id, version: $version) {
                __typename
                ... on CategorySuccess {
                  category {
                    id
                    slug
                    name
                    description
                    version
                    parent {
                      id
                      slug
                    }
                  }
                }
                ... on VersionChanged {
                  currentVersion
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id, "version": version}
        response = await self.execute(
            query=query, operation_name="DeleteCategory", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return DeleteCategory.model_validate(data)

    async def delete_product(
        self, id: str, version: int, **kwargs: Any
    ) -> DeleteProduct:
        query = gql("""
            mutation DeleteProduct($id: ID!, $version: Int!) {
              productDelete(id: $id, version: $version) {
                __typename
                ... on ProductDeleteSuccess {
                  product {
                    id
                    slug
                    name
                    description
                    brand
                    status
                    isAvailable
                    version
                    attributes
                    category {
                      id
                      slug
                      name
                    }
                    type {
                      id
                      name
                    }
                    variants {
                      id
                      sku
                      name
                      basePrice {
                        amount
                        currency
                      }
                      attributes
                      weightGrams
                      dimensions {
                        lengthMm
                        widthMm
                        heightMm
                      }
                      isAvailable
                    }
                    images {
                      id
                      url
                      alt
                      width
                      height
                      variants {
                        url
                        width
                        height
                        bytes
                      }
                    }
                  }
                }
                ... on ProductChanged {
                  currentVersion
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id, "version": version}
        response = await self.execute(
            query=query, operation_name="DeleteProduct", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return DeleteProduct.model_validate(data)

    async def delete_product_type(
        self, id: str, version: int, **kwargs: Any
    ) -> DeleteProductType:
        query = gql("""
            mutation DeleteProductType($id: ID!, $version: Int!) {
              productTypeDelete(id: $id, version: $version) {
                __typename
                ... on ProductTypeSuccess {
                  productType {
                    id
                    name
                    version
                    attributes {
                      name
                      kind
                      required
                      ofVariant
                      choices
                      unit
                    }
                  }
                }
                ... on VersionChanged {
                  currentVersion
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id, "version": version}
        response = await self.execute(
            query=query,
            operation_name="DeleteProductType",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeleteProductType.model_validate(data)

    async def deliver_order(self, order_id: str, **kwargs: Any) -> DeliverOrder:
        query = gql("""
            mutation DeliverOrder($orderId: ID!) {
              orderDeliver(orderId: $orderId) {
                __typename
                ... on OrderDeliverSuccess {
                  order {
                    id
                    number
                    status
                    chargeStatus
                    total {
                      amount
                      currency
                    }
                    refunded {
                      amount
                      currency
                    }
                  }
                }
                ... on OrderNotPossible {
                  status
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"orderId": order_id}
        response = await self.execute(
            query=query, operation_name="DeliverOrder", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return DeliverOrder.model_validate(data)

    async def describe_image(
        self, input: ImageUpdateInput, **kwargs: Any
    ) -> DescribeImage:
        query = gql("""
            mutation DescribeImage($input: ImageUpdateInput!) {
              imageUpdate(input: $input) {
                __typename
                ... on ImageUpdateSuccess {
                  image {
                    id
                    url
                    alt
                    width
                    height
                    variants {
                      url
                      width
                      height
                      bytes
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
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query, operation_name="DescribeImage", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return DescribeImage.model_validate(data)

    async def end_session(self, id: str, **kwargs: Any) -> EndSession:
        query = gql("""
            mutation EndSession($id: ID!) {
              sessionRevoke(id: $id) {
                __typename
                ... on SessionRevokeSuccess {
                  id
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=query, operation_name="EndSession", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return EndSession.model_validate(data)

    async def guest_order(self, token: str, **kwargs: Any) -> GuestOrder:
        query = gql("""
            query GuestOrder($token: String!) {
              orderByToken(token: $token) {
                id
                number
                status
                token
                email
                createdAt
                confirmedAt
                chargeStatus
                subtotal {
                  amount
                  currency
                }
                shipping {
                  amount
                  currency
                }
                tax {
                  amount
                  currency
                }
                discount {
                  amount
                  currency
                }
                total {
                  amount
                  currency
                }
                balanceDue {
                  amount
                  currency
                }
                refunded {
                  amount
                  currency
                }
                shippingAddress {
                  name
                  line1
                  line2
                  city
                  region
                  postalCode
                  country
                  phone
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
                    product {
                      id
                      slug
                      name
                    }
                  }
                }
                parcels {
                  id
                  tracking
                  shippedAt
                  lines {
                    quantity
                  }
                }
                returns {
                  id
                  status
                  reason
                  note
                  requestedAt
                  closedAt
                  refund {
                    amount
                    currency
                  }
                  lines {
                    quantity
                    restocked
                    scrapped
                  }
                }
                events {
                  __typename
                  sequence
                  occurredAt
                  message
                }
                payments {
                  id
                  status
                  amount {
                    amount
                    currency
                  }
                  refunded {
                    amount
                    currency
                  }
                  actionUrl
                }
              }
            }
            """)
        variables: dict[str, object] = {"token": token}
        response = await self.execute(
            query=query, operation_name="GuestOrder", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return GuestOrder.model_validate(data)

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

    async def merge_cart(self, **kwargs: Any) -> MergeCart:
        query = gql("""
            mutation MergeCart {
              cartMerge {
                __typename
                ... on CartMergeSuccess {
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
                      }
                    }
                  }
                }
                ... on CartLimitReached {
                  limit
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="MergeCart", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return MergeCart.model_validate(data)

    async def moderate_review(
        self, input: ReviewModerateInput, **kwargs: Any
    ) -> ModerateReview:
        query = gql("""
            mutation ModerateReview($input: ReviewModerateInput!) {
              reviewModerate(input: $input) {
                __typename
                ... on ReviewModerateSuccess {
                  review {
                    id
                    rating
                    title
                    body
                    status
                    moderationNote
                    helpfulCount
                    unhelpfulCount
                    viewerFoundHelpful
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
            query=query, operation_name="ModerateReview", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ModerateReview.model_validate(data)

    async def move_category(
        self,
        id: str,
        version: int,
        parent_id: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> MoveCategory:
        query = gql("""
            mutation MoveCategory($id: ID!, $version: Int!, $parentId: ID) {
              categoryMove(id: $id, version: $version, parentId: $parentId) {
                __typename
                ... on CategorySuccess {
                  category {
                    id
                    slug
                    name
                    description
                    version
                    parent {
                      id
                      slug
                    }
                  }
                }
                ... on VersionChanged {
                  currentVersion
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
            "id": id,
            "version": version,
            "parentId": parent_id,
        }
        response = await self.execute(
            query=query, operation_name="MoveCategory", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return MoveCategory.model_validate(data)

    async def my_reviews(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> MyReviews:
        query = gql("""
            query MyReviews($first: Int = 20, $after: String) {
              me {
                id
                reviews(first: $first, after: $after) {
                  edges {
                    node {
                      id
                      rating
                      title
                      body
                      status
                      verifiedPurchase
                      helpfulCount
                      unhelpfulCount
                      viewerFoundHelpful
                      createdAt
                      updatedAt
                      author {
                        id
                        displayName
                      }
                      item {
                        __typename
                        id
                        name
                      }
                      moderationNote
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
            query=query, operation_name="MyReviews", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return MyReviews.model_validate(data)

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

    async def order_page(self, id: str, **kwargs: Any) -> OrderPage:
        query = gql("""
            query OrderPage($id: ID!) {
              order(id: $id) {
                id
                number
                status
                token
                email
                createdAt
                confirmedAt
                chargeStatus
                subtotal {
                  amount
                  currency
                }
                shipping {
                  amount
                  currency
                }
                tax {
                  amount
                  currency
                }
                discount {
                  amount
                  currency
                }
                total {
                  amount
                  currency
                }
                balanceDue {
                  amount
                  currency
                }
                refunded {
                  amount
                  currency
                }
                shippingAddress {
                  name
                  line1
                  line2
                  city
                  region
                  postalCode
                  country
                  phone
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
                    product {
                      id
                      slug
                      name
                    }
                  }
                }
                parcels {
                  id
                  tracking
                  shippedAt
                  lines {
                    quantity
                  }
                }
                returns {
                  id
                  status
                  reason
                  note
                  requestedAt
                  closedAt
                  refund {
                    amount
                    currency
                  }
                  lines {
                    quantity
                    restocked
                    scrapped
                  }
                }
                events {
                  __typename
                  sequence
                  occurredAt
                  message
                }
                payments {
                  id
                  status
                  amount {
                    amount
                    currency
                  }
                  refunded {
                    amount
                    currency
                  }
                  actionUrl
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=query, operation_name="OrderPage", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return OrderPage.model_validate(data)

    async def orders_admin(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        filter_: Union[Optional[OrderFilter], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> OrdersAdmin:
        query = gql("""
            query OrdersAdmin($first: Int = 20, $after: String, $filter: OrderFilter) {
              orders(first: $first, after: $after, filter: $filter) {
                edges {
                  node {
                    id
                    number
                    status
                    chargeStatus
                    total {
                      amount
                      currency
                    }
                    refunded {
                      amount
                      currency
                    }
                    createdAt
                    email
                    customer {
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
            """)
        variables: dict[str, object] = {
            "first": first,
            "after": after,
            "filter": filter_,
        }
        response = await self.execute(
            query=query, operation_name="OrdersAdmin", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return OrdersAdmin.model_validate(data)

    async def payment_page(self, id: str, **kwargs: Any) -> PaymentPage:
        query = gql("""
            query PaymentPage($id: ID!) {
              payment(id: $id) {
                id
                status
                amount {
                  amount
                  currency
                }
                authorized {
                  amount
                  currency
                }
                captured {
                  amount
                  currency
                }
                refunded {
                  amount
                  currency
                }
                actionUrl
                declineCode
                createdAt
                method {
                  __typename
                  ... on CardPaymentMethod {
                    id
                    brand
                    last4
                    expMonth
                    expYear
                    isDefault
                  }
                  ... on WalletPaymentMethod {
                    account
                    brand
                    id
                    isDefault
                  }
                }
                order {
                  id
                  number
                  status
                }
                transactions {
                  sequence
                  kind
                  outcome
                  code
                  occurredAt
                  amount {
                    amount
                    currency
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=query, operation_name="PaymentPage", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return PaymentPage.model_validate(data)

    async def people(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        text: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> People:
        query = gql("""
            query People($first: Int = 20, $after: String, $text: String) {
              users(first: $first, after: $after, text: $text) {
                totalCount
                edges {
                  node {
                    id
                    displayName
                    email
                    emailVerified
                    roles
                    createdAt
                  }
                }
                pageInfo {
                  hasNextPage
                  endCursor
                }
              }
            }
            """)
        variables: dict[str, object] = {"first": first, "after": after, "text": text}
        response = await self.execute(
            query=query, operation_name="People", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return People.model_validate(data)

    async def person(
        self, id: str, first: Union[Optional[int], UnsetType] = UNSET, **kwargs: Any
    ) -> Person:
        query = gql("""
            query Person($id: ID!, $first: Int = 10) {
              user(id: $id) {
                id
                displayName
                firstName
                lastName
                phone
                email
                emailVerified
                roles
                createdAt
                addresses {
                  id
                  name
                  line1
                  line2
                  city
                  region
                  postalCode
                  country
                  phone
                  isDefault
                }
                orders(first: $first) {
                  edges {
                    node {
                      id
                      number
                      status
                      chargeStatus
                      total {
                        amount
                        currency
                      }
                      refunded {
                        amount
                        currency
                      }
                      createdAt
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
        variables: dict[str, object] = {"id": id, "first": first}
        response = await self.execute(
            query=query, operation_name="Person", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Person.model_validate(data)

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

    async def profile(self, **kwargs: Any) -> Profile:
        query = gql("""
            query Profile {
              me {
                id
                displayName
                firstName
                lastName
                phone
                email
                emailVerified
                roles
                createdAt
                addresses {
                  id
                  name
                  line1
                  line2
                  city
                  region
                  postalCode
                  country
                  phone
                  isDefault
                }
                defaultAddress {
                  id
                }
                paymentMethods {
                  __typename
                  ... on CardPaymentMethod {
                    id
                    brand
                    last4
                    expMonth
                    expYear
                    isDefault
                  }
                  ... on WalletPaymentMethod {
                    account
                    brand
                    id
                    isDefault
                  }
                }
                sessions {
                  id
                  createdAt
                  usedAt
                  expiresAt
                  isCurrent
                }
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="Profile", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Profile.model_validate(data)

    async def receive_return(
        self,
        lines: list[OrderInspectionInput],
        return_id: str,
        note: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ReceiveReturn:
        query = gql("""
            mutation ReceiveReturn($lines: [OrderInspectionInput!]!, $returnId: ID!, $note: String) {
              orderReturnReceive(lines: $lines, returnId: $returnId, note: $note) {
                __typename
                ... on OrderReturnReceiveSuccess {
                  order {
                    id
                    number
                    status
                    chargeStatus
                    total {
                      amount
                      currency
                    }
                    refunded {
                      amount
                      currency
                    }
                  }
                }
                ... on OrderNotPossible {
                  status
                }
                ... on QuantityExceeded {
                  left
                  lineId
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
            "lines": lines,
            "returnId": return_id,
            "note": note,
        }
        response = await self.execute(
            query=query, operation_name="ReceiveReturn", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ReceiveReturn.model_validate(data)

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

    async def refund_payment(
        self, amount: MoneyInput, idempotency_key: str, payment_id: str, **kwargs: Any
    ) -> RefundPayment:
        query = gql("""
            mutation RefundPayment($amount: MoneyInput!, $idempotencyKey: String!, $paymentId: ID!) {
              paymentRefund(
                amount: $amount
                idempotencyKey: $idempotencyKey
                paymentId: $paymentId
              ) {
                __typename
                ... on PaymentRefundSuccess {
                  payment {
                    id
                    status
                    amount {
                      amount
                      currency
                    }
                    authorized {
                      amount
                      currency
                    }
                    captured {
                      amount
                      currency
                    }
                    refunded {
                      amount
                      currency
                    }
                    actionUrl
                    declineCode
                    createdAt
                  }
                }
                ... on PaymentNotPossible {
                  reason
                }
                ... on RefundExceedsCharge {
                  refundable {
                    amount
                    currency
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
            "amount": amount,
            "idempotencyKey": idempotency_key,
            "paymentId": payment_id,
        }
        response = await self.execute(
            query=query, operation_name="RefundPayment", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return RefundPayment.model_validate(data)

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

    async def remove_address(self, id: str, **kwargs: Any) -> RemoveAddress:
        query = gql("""
            mutation RemoveAddress($id: ID!) {
              addressRemove(id: $id) {
                __typename
                ... on AddressRemoveSuccess {
                  id
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=query, operation_name="RemoveAddress", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return RemoveAddress.model_validate(data)

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

    async def remove_from_wishlist(self, id: str, **kwargs: Any) -> RemoveFromWishlist:
        query = gql("""
            mutation RemoveFromWishlist($id: ID!) {
              wishlistRemove(id: $id) {
                __typename
                ... on WishlistRemoveSuccess {
                  wishlist {
                    shareToken
                    items {
                      id
                      addedAt
                      item {
                        __typename
                        id
                        slug
                        name
                      }
                      variant {
                        sku
                        name
                        basePrice {
                          amount
                          currency
                        }
                        isAvailable
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
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=query,
            operation_name="RemoveFromWishlist",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RemoveFromWishlist.model_validate(data)

    async def remove_image(self, id: str, **kwargs: Any) -> RemoveImage:
        query = gql("""
            mutation RemoveImage($id: ID!) {
              imageRemove(id: $id) {
                __typename
                ... on ImageRemoveSuccess {
                  product {
                    id
                    slug
                    name
                    description
                    brand
                    status
                    isAvailable
                    version
                    attributes
                    category {
                      id
                      slug
                      name
                    }
                    type {
                      id
                      name
                    }
                    variants {
                      id
                      sku
                      name
                      basePrice {
                        amount
                        currency
                      }
                      attributes
                      weightGrams
                      dimensions {
                        lengthMm
                        widthMm
                        heightMm
                      }
                      isAvailable
                    }
                    images {
                      id
                      url
                      alt
                      width
                      height
                      variants {
                        url
                        width
                        height
                        bytes
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
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=query, operation_name="RemoveImage", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return RemoveImage.model_validate(data)

    async def remove_payment_method(
        self, id: str, **kwargs: Any
    ) -> RemovePaymentMethod:
        query = gql("""
            mutation RemovePaymentMethod($id: ID!) {
              paymentMethodRemove(id: $id) {
                __typename
                ... on PaymentMethodRemoveSuccess {
                  id
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=query,
            operation_name="RemovePaymentMethod",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RemovePaymentMethod.model_validate(data)

    async def remove_review(self, id: str, **kwargs: Any) -> RemoveReview:
        query = gql("""
            mutation RemoveReview($id: ID!) {
              reviewRemove(id: $id) {
                __typename
                ... on ReviewRemoveSuccess {
                  id
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=query, operation_name="RemoveReview", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return RemoveReview.model_validate(data)

    async def request_password_reset(
        self, email: str, **kwargs: Any
    ) -> RequestPasswordReset:
        query = gql("""
            mutation RequestPasswordReset($email: String!) {
              passwordResetRequest(email: $email) {
                __typename
                ... on PasswordResetRequestSuccess {
                  email
                }
                ... on TooManyAttempts {
                  retryAfterSeconds
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"email": email}
        response = await self.execute(
            query=query,
            operation_name="RequestPasswordReset",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RequestPasswordReset.model_validate(data)

    async def request_return(
        self,
        idempotency_key: str,
        lines: list[OrderPiecesInput],
        order_id: str,
        reason: str,
        token: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> RequestReturn:
        query = gql("""
            mutation RequestReturn($idempotencyKey: String!, $lines: [OrderPiecesInput!]!, $orderId: ID!, $reason: String!, $token: String) {
              orderReturnRequest(
                idempotencyKey: $idempotencyKey
                lines: $lines
                orderId: $orderId
                reason: $reason
                token: $token
              ) {
                __typename
                ... on OrderReturnRequestSuccess {
                  order {
                    id
                    number
                    status
                    chargeStatus
                    total {
                      amount
                      currency
                    }
                    refunded {
                      amount
                      currency
                    }
                  }
                  returnId
                }
                ... on OrderNotPossible {
                  status
                }
                ... on QuantityExceeded {
                  left
                  lineId
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
            "idempotencyKey": idempotency_key,
            "lines": lines,
            "orderId": order_id,
            "reason": reason,
            "token": token,
        }
        response = await self.execute(
            query=query, operation_name="RequestReturn", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return RequestReturn.model_validate(data)

    async def request_verification(self, **kwargs: Any) -> RequestVerification:
        query = gql("""
            mutation RequestVerification {
              verifyEmailRequest {
                __typename
                ... on VerifyEmailRequestSuccess {
                  email
                }
                ... on TooManyAttempts {
                  retryAfterSeconds
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query,
            operation_name="RequestVerification",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RequestVerification.model_validate(data)

    async def reset_password(
        self, new_password: str, token: str, **kwargs: Any
    ) -> ResetPassword:
        query = gql("""
            mutation ResetPassword($newPassword: String!, $token: String!) {
              passwordReset(newPassword: $newPassword, token: $token) {
                __typename
                ... on PasswordResetSuccess {
                  sessionsEnded
                }
                ... on TooManyAttempts {
                  retryAfterSeconds
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"newPassword": new_password, "token": token}
        response = await self.execute(
            query=query, operation_name="ResetPassword", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ResetPassword.model_validate(data)

    async def review_page(self, id: str, **kwargs: Any) -> ReviewPage:
        query = gql("""
            query ReviewPage($id: ID!) {
              review(id: $id) {
                id
                rating
                title
                body
                status
                verifiedPurchase
                helpfulCount
                unhelpfulCount
                viewerFoundHelpful
                createdAt
                updatedAt
                author {
                  id
                  displayName
                }
                item {
                  __typename
                  id
                  name
                }
                moderationNote
              }
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=query, operation_name="ReviewPage", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ReviewPage.model_validate(data)

    async def reviews_to_moderate(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ReviewsToModerate:
        query = gql("""
            query ReviewsToModerate($first: Int = 20, $after: String) {
              reviewsToModerate(first: $first, after: $after) {
                edges {
                  node {
                    id
                    rating
                    title
                    body
                    status
                    verifiedPurchase
                    helpfulCount
                    unhelpfulCount
                    viewerFoundHelpful
                    createdAt
                    updatedAt
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
                pageInfo {
                  hasNextPage
                  endCursor
                }
              }
            }
            """)
        variables: dict[str, object] = {"first": first, "after": after}
        response = await self.execute(
            query=query,
            operation_name="ReviewsToModerate",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ReviewsToModerate.model_validate(data)

    async def save_payment_method(
        self, input: PaymentMethodSaveInput, idempotency_key: str, **kwargs: Any
    ) -> SavePaymentMethod:
        query = gql("""
            mutation SavePaymentMethod($input: PaymentMethodSaveInput!, $idempotencyKey: String!) {
              paymentMethodSave(input: $input, idempotencyKey: $idempotencyKey) {
                __typename
                ... on PaymentMethodSaveSuccess {
                  paymentMethod {
                    __typename
                    ... on CardPaymentMethod {
                      id
                      brand
                      last4
                      expMonth
                      expYear
                      isDefault
                    }
                    ... on WalletPaymentMethod {
                      account
                      brand
                      id
                      isDefault
                    }
                  }
                }
                ... on PaymentMethodDeclined {
                  declineCode
                }
                ... on TooManyPaymentMethods {
                  limit
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
            query=query,
            operation_name="SavePaymentMethod",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return SavePaymentMethod.model_validate(data)

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

    async def set_roles(self, id: str, roles: list[str], **kwargs: Any) -> SetRoles:
        query = gql("""
            mutation SetRoles($id: ID!, $roles: [String!]!) {
              userRolesSet(id: $id, roles: $roles) {
                __typename
                ... on UserRolesSetSuccess {
                  user {
                    id
                    displayName
                    email
                    roles
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
        variables: dict[str, object] = {"id": id, "roles": roles}
        response = await self.execute(
            query=query, operation_name="SetRoles", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return SetRoles.model_validate(data)

    async def set_stock(self, input: StockSetInput, **kwargs: Any) -> SetStock:
        query = gql("""
            mutation SetStock($input: StockSetInput!) {
              stockSet(input: $input) {
                __typename
                ... on StockSetSuccess {
                  stockLevel {
                    sku
                    onHand
                    held
                    committed
                    available
                    lowStockThreshold
                    updatedAt
                    warehouse {
                      id
                      name
                    }
                  }
                }
                ... on StockPromised {
                  promised
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
            query=query, operation_name="SetStock", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return SetStock.model_validate(data)

    async def set_stock_threshold(
        self, input: StockThresholdSetInput, **kwargs: Any
    ) -> SetStockThreshold:
        query = gql("""
            mutation SetStockThreshold($input: StockThresholdSetInput!) {
              stockThresholdSet(input: $input) {
                __typename
                ... on StockThresholdSetSuccess {
                  variant {
                    sku
                    availability {
                      status
                      availableQuantity
                    }
                    stockLevels {
                      sku
                      onHand
                      held
                      committed
                      available
                      lowStockThreshold
                      updatedAt
                      warehouse {
                        id
                        name
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
        variables: dict[str, object] = {"input": input}
        response = await self.execute(
            query=query,
            operation_name="SetStockThreshold",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return SetStockThreshold.model_validate(data)

    async def share_wishlist(self, **kwargs: Any) -> ShareWishlist:
        query = gql("""
            mutation ShareWishlist {
              wishlistShare {
                __typename
                ... on WishlistShareSuccess {
                  wishlist {
                    shareToken
                    items {
                      id
                      addedAt
                      item {
                        __typename
                        id
                        slug
                        name
                      }
                      variant {
                        sku
                        name
                        basePrice {
                          amount
                          currency
                        }
                        isAvailable
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
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="ShareWishlist", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ShareWishlist.model_validate(data)

    async def shared_wishlist(self, token: str, **kwargs: Any) -> SharedWishlist:
        query = gql("""
            query SharedWishlist($token: String!) {
              sharedWishlist(token: $token) {
                owner {
                  id
                  displayName
                }
                items {
                  id
                  addedAt
                  item {
                    __typename
                    id
                    slug
                    name
                  }
                  variant {
                    sku
                    name
                    basePrice {
                      amount
                      currency
                    }
                    isAvailable
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {"token": token}
        response = await self.execute(
            query=query, operation_name="SharedWishlist", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return SharedWishlist.model_validate(data)

    async def ship_order(
        self,
        idempotency_key: str,
        order_id: str,
        lines: Union[Optional[list[OrderPiecesInput]], UnsetType] = UNSET,
        tracking: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ShipOrder:
        query = gql("""
            mutation ShipOrder($idempotencyKey: String!, $orderId: ID!, $lines: [OrderPiecesInput!], $tracking: String) {
              orderShip(
                idempotencyKey: $idempotencyKey
                orderId: $orderId
                lines: $lines
                tracking: $tracking
              ) {
                __typename
                ... on OrderShipSuccess {
                  order {
                    id
                    number
                    status
                    chargeStatus
                    total {
                      amount
                      currency
                    }
                    refunded {
                      amount
                      currency
                    }
                  }
                  parcelId
                }
                ... on OrderNotPossible {
                  status
                }
                ... on QuantityExceeded {
                  left
                  lineId
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
            "idempotencyKey": idempotency_key,
            "orderId": order_id,
            "lines": lines,
            "tracking": tracking,
        }
        response = await self.execute(
            query=query, operation_name="ShipOrder", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ShipOrder.model_validate(data)

    async def stock_admin(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        filter_: Union[Optional[StockLevelFilter], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> StockAdmin:
        query = gql("""
            query StockAdmin($first: Int = 50, $after: String, $filter: StockLevelFilter) {
              stockLevels(first: $first, after: $after, filter: $filter) {
                edges {
                  node {
                    sku
                    onHand
                    held
                    committed
                    available
                    lowStockThreshold
                    updatedAt
                    warehouse {
                      id
                      name
                    }
                    variant {
                      sku
                      name
                      product {
                        id
                        name
                      }
                    }
                  }
                }
                pageInfo {
                  hasNextPage
                  endCursor
                }
              }
              warehouses {
                id
                name
                priority
              }
            }
            """)
        variables: dict[str, object] = {
            "first": first,
            "after": after,
            "filter": filter_,
        }
        response = await self.execute(
            query=query, operation_name="StockAdmin", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return StockAdmin.model_validate(data)

    async def stock_history(
        self,
        sku: str,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> StockHistory:
        query = gql("""
            query StockHistory($sku: String!, $first: Int = 50, $after: String) {
              stockMovements(sku: $sku, first: $first, after: $after) {
                edges {
                  node {
                    actorId
                    at
                    causeId
                    committed
                    held
                    id
                    kind
                    onHand
                    reason
                    reservationId
                    sku
                    warehouse {
                      id
                      name
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
        variables: dict[str, object] = {"sku": sku, "first": first, "after": after}
        response = await self.execute(
            query=query, operation_name="StockHistory", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return StockHistory.model_validate(data)

    async def stock_reservation(self, id: str, **kwargs: Any) -> StockReservation:
        query = gql("""
            query StockReservation($id: ID!) {
              reservation(id: $id) {
                id
                key
                status
                createdAt
                expiresAt
                lines {
                  sku
                  quantity
                  warehouseId
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = await self.execute(
            query=query,
            operation_name="StockReservation",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return StockReservation.model_validate(data)

    async def token_status(self, token: str, **kwargs: Any) -> TokenStatus:
        query = gql("""
            query TokenStatus($token: String!) {
              tokenValidate(token: $token) {
                expiresAt
                policies
                reason
                roles
                scopes
                userId
                valid
              }
            }
            """)
        variables: dict[str, object] = {"token": token}
        response = await self.execute(
            query=query, operation_name="TokenStatus", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return TokenStatus.model_validate(data)

    async def unshare_wishlist(self, **kwargs: Any) -> UnshareWishlist:
        query = gql("""
            mutation UnshareWishlist {
              wishlistUnshare {
                __typename
                ... on WishlistUnshareSuccess {
                  wishlist {
                    shareToken
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
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="UnshareWishlist", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return UnshareWishlist.model_validate(data)

    async def update_address(
        self, id: str, input: AddressInput, **kwargs: Any
    ) -> UpdateAddress:
        query = gql("""
            mutation UpdateAddress($id: ID!, $input: AddressInput!) {
              addressUpdate(id: $id, input: $input) {
                __typename
                ... on AddressUpdateSuccess {
                  address {
                    id
                    name
                    line1
                    line2
                    city
                    region
                    postalCode
                    country
                    phone
                    isDefault
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
        variables: dict[str, object] = {"id": id, "input": input}
        response = await self.execute(
            query=query, operation_name="UpdateAddress", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return UpdateAddress.model_validate(data)

    async def update_bundle(
        self, input: BundleUpdateInput, **kwargs: Any
    ) -> UpdateBundle:
        query = gql("""
            mutation UpdateBundle($input: BundleUpdateInput!) {
              bundleUpdate(input: $input) {
                __typename
                ... on BundleSuccess {
                  bundle {
                    id
                    slug
                    name
                    description
                    version
                    basePrice {
                      amount
                      currency
                    }
                    items {
                      sku
                      quantity
                      variant {
                        sku
                        name
                      }
                    }
                  }
                }
                ... on NameTaken {
                  slug
                }
                ... on VersionChanged {
                  currentVersion
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
            query=query, operation_name="UpdateBundle", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return UpdateBundle.model_validate(data)

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

    async def update_category(
        self, input: CategoryUpdateInput, **kwargs: Any
    ) -> UpdateCategory:
        query = gql("""
            mutation UpdateCategory($input: CategoryUpdateInput!) {
              categoryUpdate(input: $input) {
                __typename
                ... on CategorySuccess {
                  category {
                    id
                    slug
                    name
                    description
                    version
                    parent {
                      id
                      slug
                    }
                  }
                }
                ... on NameTaken {
                  slug
                }
                ... on VersionChanged {
                  currentVersion
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
            query=query, operation_name="UpdateCategory", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return UpdateCategory.model_validate(data)

    async def update_product(
        self, input: ProductUpdateInput, **kwargs: Any
    ) -> UpdateProduct:
        query = gql("""
            mutation UpdateProduct($input: ProductUpdateInput!) {
              productUpdate(input: $input) {
                __typename
                ... on ProductUpdateSuccess {
                  product {
                    id
                    slug
                    name
                    description
                    brand
                    status
                    isAvailable
                    version
                    attributes
                    category {
                      id
                      slug
                      name
                    }
                    type {
                      id
                      name
                    }
                    variants {
                      id
                      sku
                      name
                      basePrice {
                        amount
                        currency
                      }
                      attributes
                      weightGrams
                      dimensions {
                        lengthMm
                        widthMm
                        heightMm
                      }
                      isAvailable
                    }
                    images {
                      id
                      url
                      alt
                      width
                      height
                      variants {
                        url
                        width
                        height
                        bytes
                      }
                    }
                  }
                }
                ... on AttributeInvalid {
                  attribute
                }
                ... on ProductChanged {
                  currentVersion
                }
                ... on SkuTaken {
                  sku
                }
                ... on SlugTaken {
                  slug
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
            query=query, operation_name="UpdateProduct", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return UpdateProduct.model_validate(data)

    async def update_product_type(
        self, input: ProductTypeUpdateInput, **kwargs: Any
    ) -> UpdateProductType:
        query = gql("""
            mutation UpdateProductType($input: ProductTypeUpdateInput!) {
              productTypeUpdate(input: $input) {
                __typename
                ... on ProductTypeSuccess {
                  productType {
                    id
                    name
                    version
                    attributes {
                      name
                      kind
                      required
                      ofVariant
                      choices
                      unit
                    }
                  }
                }
                ... on VersionChanged {
                  currentVersion
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
            query=query,
            operation_name="UpdateProductType",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateProductType.model_validate(data)

    async def update_profile(self, input: ProfileInput, **kwargs: Any) -> UpdateProfile:
        query = gql("""
            mutation UpdateProfile($input: ProfileInput!) {
              updateProfile(input: $input) {
                __typename
                ... on UpdateProfileSuccess {
                  user {
                    id
                    displayName
                    firstName
                    lastName
                    phone
                    email
                    emailVerified
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
            query=query, operation_name="UpdateProfile", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return UpdateProfile.model_validate(data)

    async def update_review(
        self, input: ReviewUpdateInput, **kwargs: Any
    ) -> UpdateReview:
        query = gql("""
            mutation UpdateReview($input: ReviewUpdateInput!) {
              reviewUpdate(input: $input) {
                __typename
                ... on ReviewUpdateSuccess {
                  review {
                    id
                    rating
                    title
                    body
                    status
                    moderationNote
                    helpfulCount
                    unhelpfulCount
                    viewerFoundHelpful
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
            query=query, operation_name="UpdateReview", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return UpdateReview.model_validate(data)

    async def update_warehouse(
        self, input: WarehouseInput, **kwargs: Any
    ) -> UpdateWarehouse:
        query = gql("""
            mutation UpdateWarehouse($input: WarehouseInput!) {
              warehouseUpdate(input: $input) {
                __typename
                ... on WarehouseUpdateSuccess {
                  warehouse {
                    id
                    name
                    priority
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
            query=query, operation_name="UpdateWarehouse", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return UpdateWarehouse.model_validate(data)

    async def variant_page(self, sku: str, **kwargs: Any) -> VariantPage:
        query = gql("""
            query VariantPage($sku: String!) {
              variant(sku: $sku) {
                id
                sku
                name
                basePrice {
                  amount
                  currency
                }
                attributes
                weightGrams
                dimensions {
                  lengthMm
                  widthMm
                  heightMm
                }
                isAvailable
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
            """)
        variables: dict[str, object] = {"sku": sku}
        response = await self.execute(
            query=query, operation_name="VariantPage", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return VariantPage.model_validate(data)

    async def verify_email(self, token: str, **kwargs: Any) -> VerifyEmail:
        query = gql("""
            mutation VerifyEmail($token: String!) {
              verifyEmail(token: $token) {
                __typename
                ... on VerifyEmailSuccess {
                  id
                }
                ... on Refusal {
                  code
                  message
                  field
                }
              }
            }
            """)
        variables: dict[str, object] = {"token": token}
        response = await self.execute(
            query=query, operation_name="VerifyEmail", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return VerifyEmail.model_validate(data)

    async def vote_review(
        self, id: str, helpful: Union[Optional[bool], UnsetType] = UNSET, **kwargs: Any
    ) -> VoteReview:
        query = gql("""
            mutation VoteReview($id: ID!, $helpful: Boolean = true) {
              reviewVoteHelpful(id: $id, helpful: $helpful) {
                __typename
                ... on ReviewVoteHelpfulSuccess {
                  review {
                    id
                    rating
                    title
                    body
                    status
                    moderationNote
                    helpfulCount
                    unhelpfulCount
                    viewerFoundHelpful
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
        variables: dict[str, object] = {"id": id, "helpful": helpful}
        response = await self.execute(
            query=query, operation_name="VoteReview", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return VoteReview.model_validate(data)

    async def watch_availability(
        self, skus: list[str], **kwargs: Any
    ) -> AsyncIterator[WatchAvailability]:
        query = gql("""
            subscription WatchAvailability($skus: [String!]!) {
              availabilityChanged(skus: $skus) {
                sku
                availability {
                  status
                  availableQuantity
                }
              }
            }
            """)
        variables: dict[str, object] = {"skus": skus}
        async for data in self.execute_ws(
            query=query,
            operation_name="WatchAvailability",
            variables=variables,
            **kwargs,
        ):
            yield WatchAvailability.model_validate(data)

    async def watch_cart(self, **kwargs: Any) -> AsyncIterator[WatchCart]:
        query = gql("""
            subscription WatchCart {
              cartUpdated {
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
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {}
        async for data in self.execute_ws(
            query=query, operation_name="WatchCart", variables=variables, **kwargs
        ):
            yield WatchCart.model_validate(data)

    async def watch_order(
        self,
        id: Union[Optional[str], UnsetType] = UNSET,
        token: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> AsyncIterator[WatchOrder]:
        query = gql("""
            subscription WatchOrder($id: ID, $token: String) {
              orderUpdated(id: $id, token: $token) {
                id
                number
                status
                chargeStatus
                total {
                  amount
                  currency
                }
                refunded {
                  amount
                  currency
                }
                events {
                  __typename
                  sequence
                  occurredAt
                  message
                }
              }
            }
            """)
        variables: dict[str, object] = {"id": id, "token": token}
        async for data in self.execute_ws(
            query=query, operation_name="WatchOrder", variables=variables, **kwargs
        ):
            yield WatchOrder.model_validate(data)

    async def wishlist_page(self, **kwargs: Any) -> WishlistPage:
        query = gql("""
            query WishlistPage {
              me {
                id
                wishlist {
                  shareToken
                  items {
                    id
                    addedAt
                    item {
                      __typename
                      id
                      slug
                      name
                    }
                    variant {
                      sku
                      name
                      basePrice {
                        amount
                        currency
                      }
                      isAvailable
                    }
                  }
                }
              }
            }
            """)
        variables: dict[str, object] = {}
        response = await self.execute(
            query=query, operation_name="WishlistPage", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return WishlistPage.model_validate(data)

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
